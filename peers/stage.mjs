// What the checks of single providers have in common: a shop with an account at the provider, whose
// API is a stand-in here, and a look at the thread with one customer.

import { all, ask } from "./twilio/server.mjs";

export const OURS = "+15017122662";
export const CUSTOMER = "+12125550123";

/** Adds an account with these settings, and its inbox. */
export async function opened(hark, provider, settings) {
  const { body: account } = await ask(hark, "POST", "/api/v1/accounts", { provider, name: provider, settings });
  const { body: inbox } = await ask(hark, "POST", "/api/v1/inboxes", { account_id: account.id, name: provider, address: OURS });
  return { account, inbox };
}

/** The thread with the customer, oldest first. */
export async function thread(hark) {
  const rows = await all(hark, "/api/v1/conversations?view=all&limit=100");
  const row = rows.find((one) => one.customer.address === CUSTOMER && one.inbox.address === OURS);
  if (!row) return { id: null, items: [] };
  const { body } = await ask(hark, "GET", `/api/v1/conversations/${row.id}/messages?limit=100`);
  return { id: row.id, items: body.items };
}

/** What the customer wrote, as it was kept. */
export const kept = async (hark) => (await thread(hark)).items.filter((item) => item.kind === "inbound").map((item) => item.body);

/** Answers the customer, and says which message that is. */
export async function answered(hark, inbox, body) {
  await ask(hark, "POST", `/api/v1/inboxes/${inbox.id}/live`, { live: true, no_previous_opt_outs: true });
  const { id, items } = await thread(hark);
  const { body: sent } = await ask(hark, "POST", `/api/v1/conversations/${id}/messages`, { body, after_seq: items.at(-1).seq });
  return sent.message.id;
}

/** Where a message stands. */
export const stateOf = async (hark, message) => (await thread(hark)).items.find((item) => item.id === message)?.state;

/** Posts a webhook, and says how it was answered. */
export async function post(url, body, headers) {
  const answer = await fetch(url, { method: "POST", headers, body });
  await answer.arrayBuffer();
  return answer.status;
}
