import { INBOXES, type Schemas } from '../dataset.ts';
import { ME, type Route, text } from '../world.ts';

const WORDS: Record<Schemas['Language'], [string, string, string]> = {
  en: [
    'You are unsubscribed and will get no more texts. Reply START to rejoin.',
    'Welcome back. Reply HELP for help, STOP to cancel.',
    'Text us your question and a person will answer. Reply STOP to cancel.',
  ],
  es: [
    'Baja confirmada: ya no le enviaremos mensajes. Responda START para volver.',
    'Gracias por volver. AYUDA para ayuda, STOP para cancelar.',
    'Escriba su pregunta y una persona le responde. Responda STOP para cancelar.',
  ],
  fr: [
    'C’est noté, vous ne recevrez plus de messages. Répondez START pour revenir.',
    'Merci de revenir. AIDE pour aide, STOP pour annuler.',
    'Écrivez votre question et une personne vous répond. Répondez STOP pour annuler.',
  ],
};
const ANSWERS: Schemas['AutomaticAnswer'][] = (['en', 'es', 'fr'] as const).flatMap((language) =>
  (['opt_out', 'opt_in', 'help'] as const).map((answer, at) => ({
    language,
    answer,
    own: '',
    words: `${ME.workspace.brand}: ${WORDS[language][at]}`,
    parts: 1,
  })),
);

export function workspaceRoutes(): Route[] {
  const sending: Schemas['Sending'] = {
    server: { stopped: false, by: null, at: null, reason: null },
    workspace: { stopped: false, by: null, at: null, reason: null },
    inboxes: INBOXES.map((inbox) => ({
      inbox_id: inbox.id,
      name: inbox.name,
      stopped: false,
      by: null,
      at: null,
      reason: null,
    })),
  };
  const policy: Schemas['SendingPolicy'] = {
    caps: { day: 3, week: 7, month: 20 },
    priority: ['person', 'bot', 'flow', 'campaign', 'api'],
    courtesy: { open_conversations: true, complaints: true },
  };
  let demo: Schemas['Demo'] = { state: 'ready', done: 2000, total: 2000 };
  return [
    ['GET', /^\/sending$/, () => sending],
    [
      'PUT',
      /^\/sending\/workspace$/,
      ({ body }) => {
        sending.workspace = body.stopped
          ? { stopped: true, by: ME.member.name, at: Date.now(), reason: text(body.reason) }
          : { stopped: false, by: null, at: null, reason: null };
        return sending;
      },
    ],
    [
      'GET',
      /^\/onboarding$/,
      () => ({
        steps: [
          { key: 'simulator_text', done: true, title: 'Text yourself' },
          { key: 'reply', done: false, title: 'Answer' },
          { key: 'account', done: false, title: 'Connect' },
          { key: 'invite', done: false, title: 'Invite' },
          { key: 'live', done: false, title: 'Go live' },
        ],
      }),
    ],
    [
      'GET',
      /^\/workspace$/,
      () => ({
        ...ME.workspace,
        help_text: 'Juniper & Oak support. Reply STOP to opt out.',
        reclassify: 'order_texts',
        age_gated: false,
        sending_policy: policy,
        language: 'en',
        clarify_hours: 0,
        answers: ANSWERS,
        created_at: 1,
      }),
    ],
    ['GET', /^\/demo$/, () => demo],
    ['DELETE', /^\/demo$/, () => (demo = { state: 'none', done: 0, total: 0 })],
  ];
}
