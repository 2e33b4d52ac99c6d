import { t } from '@/i18n/t';
import type { components } from './schema.gen';

type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];
type FieldError = NonNullable<Problem['errors']>[number];

/** Shortest password in characters, as the contract has it (`minLength` of `ResetAccept`). */
export const PASSWORD_CHARS_MIN = 10;
/** Longest password in characters (`maxLength` there). */
export const PASSWORD_CHARS_MAX = 200;

/**
 * Our words for what a server says of a field where its own sentence speaks to programs: by field
 * and code. Without an entry the server's sentence stands.
 */
const FIELD_WORDS: Record<string, string> = {
  'password length': t.errors.password_short(PASSWORD_CHARS_MIN),
  'password too_short': t.errors.password_short(PASSWORD_CHARS_MIN),
  'password too_long': t.errors.password_long(PASSWORD_CHARS_MAX),
  'new length': t.errors.password_short(PASSWORD_CHARS_MIN),
  'new too_short': t.errors.password_short(PASSWORD_CHARS_MIN),
  'new too_long': t.errors.password_long(PASSWORD_CHARS_MAX),
  'current wrong_password': t.errors.wrong_password,
  'file picture': t.composer.bad_photo,
};

/** Failures of the whole that one field of the form is to blame for. */
const FIELD_OF_CODE: Record<string, { field: string; words: string }> = {
  wrong_setup_code: { field: 'code', words: t.errors.wrong_setup_code },
};

function fieldWords({ field, code, detail }: FieldError): string {
  return FIELD_WORDS[`${field} ${code}`] ?? detail;
}

/**
 * The sentence about the whole. The server leads it with the name of the first wrong field, which is
 * a name for programs.
 */
function detailOf(problem: Problem): string {
  const [first] = problem.errors ?? [];
  if (first && problem.detail === `${first.field}: ${first.detail}`) return fieldWords(first);
  return problem.detail || problem.title;
}

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

  /** What is wrong with one field of a form, in our words where we have some. */
  field(name: string): string | undefined {
    const blamed = FIELD_OF_CODE[this.code];
    if (blamed?.field === name) return blamed.words;
    const error = this.problem?.errors?.find((error) => error.field === name);
    return error && fieldWords(error);
  }

  /** Whether a field of the form is to blame, so that the form as a whole says nothing. */
  get hasFields(): boolean {
    return this.code in FIELD_OF_CODE || (this.problem?.errors?.length ?? 0) > 0;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

/** The one function all server errors pass. */
export function toApiError(response: Response | undefined, body: unknown): ApiError {
  if (!response) return new ApiError(0, 'offline', t.errors.offline);
  if (isProblem(body)) {
    return new ApiError(response.status, body.code, detailOf(body), body);
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
