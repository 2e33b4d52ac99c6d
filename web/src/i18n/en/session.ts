// Signing in, setting up and the first steps.

export const session = {
  sign_in: 'Sign in',
  email: 'Email',
  password: 'Password',
  new_password: 'New password',
  password_hint: (least: number) => `At least ${least} characters. A sentence is easiest to keep.`,
  forgot: 'Forgot the password?',
  forgot_title: 'Reset the password',
  forgot_intro:
    'If the address belongs to a member, a link to set a new password is on its way. Without mail, an admin can make the link in settings.',
  forgot_send: 'Send the link',
  forgot_sent: 'Sent, if the address is known.',
  back_to_sign_in: 'Back to sign in',
  invite_title: (workspace: string) => `Join ${workspace}`,
  invite_intro: (role: string) => `You were invited as ${role}.`,
  join: 'Join',
  bad_link: 'This link does not work',
  bad_link_detail: 'It was used before, or it is too old. Ask for a new one.',
  reset_title: 'Set a new password',
  reset_do: 'Set the password and sign in',
  your_name: 'Your name',
};

export const setup = {
  title: 'Set up Hark',
  intro: 'This takes a minute. Everything can be changed later.',
  code: 'One-time code',
  code_hint: 'Hark printed it where it was started.',
  you: 'You',
  shop: 'Your shop',
  workspace: 'Shop',
  workspace_hint: 'What your team calls it.',
  brand: 'Name customers see in texts',
  brand_hint: 'Stands in opt-out confirmations, for example.',
  time_zone: 'Time zone',
  demo: 'Fill with a demo shop',
  demo_hint: '2,000 believable conversations to try things on. You can remove them in one action.',
  submit: 'Set up Hark',
  done_title: 'Hark is set up',
  done: 'The first member exists. Sign in instead.',
};

export const welcome = {
  title: 'First steps',
  intro: 'Each step ticks itself when Hark sees it done.',
  progress: (done: number, total: number) => `${done} of ${total} done`,
  done: 'Done',
  do: 'Open',
};
