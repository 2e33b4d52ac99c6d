import { t } from '@/i18n/t';
import type { components } from './schema.gen';

type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

/** What every failed call becomes: the server's own words, or ours when it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  /** Stable snake_case; `offline` when no answer came. */
  readonly code: string;
  readonly problem: Problem | null;

  constructor(status: number, code: string, detail: string, problem: Problem | null = null) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.problem = problem;
  }

  /** What was written meanwhile, when a reply came too late (`stale_conversation`). */
  get missed(): Schemas['Message'][] {
    const problem: object = this.problem ?? {};
    return 'missed' in problem && Array.isArray(problem.missed) ? problem.missed : [];
  }

  /** The server's word on one field of a form. */
  field(name: string): string | undefined {
    return this.problem?.errors?.find((error) => error.field === name)?.detail;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

/** The one function all server errors pass. */
export function toApiError(response: Response | undefined, body: unknown): ApiError {
  if (!response) return new ApiError(0, 'offline', t.errors.offline);
  if (isProblem(body)) {
    return new ApiError(response.status, body.code, body.detail || body.title, body);
  }
  if (response.status >= 502 && response.status <= 504) {
    return new ApiError(response.status, 'unavailable', t.errors.unavailable);
  }
  return new ApiError(response.status, `http_${response.status}`, t.errors.unexpected);
}

/** The words for any thrown value. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : t.errors.unexpected;
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof ApiError ? error.code : undefined;
}
