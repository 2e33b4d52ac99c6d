import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, toApiError } from './errors';
import type { components, paths } from './schema.gen';

export type Schemas = components['schemas'];

let csrf = '';

/** Me carries the token; it rides on every call that changes something. */
export function setCsrf(token: string) {
  csrf = token;
}

const csrfHeader: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf) request.headers.set('X-Hark-CSRF', csrf);
    return request;
  },
};

const client = createClient<paths>({ credentials: 'same-origin' });
client.use(csrfHeader);

export const api = client;

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** Unwraps a call: the data, or one kind of error for everything that can go wrong. */
export async function ok<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw toApiError(undefined, cause);
  }
  if (!answer.response.ok) throw toApiError(answer.response, answer.error);
  // A 204 has no body; its type says so as well.
  return answer.data as Data;
}

export { ApiError };
