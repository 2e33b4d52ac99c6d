import type { Schemas } from '@/api/client';
import { t } from '@/i18n/t';
import { Disclosure } from '@/ui/Disclosure';
import { SelectField, TextAreaField } from '@/ui/Field';

type Answer = Schemas['AutomaticAnswer'];

const w = t.settings.answers;
export const LANGUAGES = ['en', 'es', 'fr'] as const satisfies Schemas['Language'][];
/** For how many hours the answer to the question counts; 0: it is not asked. */
const HOURS = [0, 24, 48, 72];

/** The field of an answer, as the server names it when something is wrong with it. */
const fieldOf = (answer: Pick<Answer, 'language' | 'answer'>) =>
  `answers.${answer.language}.${answer.answer}`;

/** What of the brand's own words was changed in the form. */
export function changedAnswers(
  known: Answer[],
  value: (name: string) => string,
): Schemas['OwnAnswer'][] {
  return known
    .map((answer) => ({
      language: answer.language,
      answer: answer.answer,
      own: value(fieldOf(answer)).trim(),
    }))
    .filter((own, at) => own.own !== known[at]?.own);
}

/** The answers to STOP, START and HELP: their language, the brand's own words, and the question. */
export function Answers({
  initial,
  fault,
}: {
  initial: Schemas['Workspace'];
  fault: (name: string) => string | undefined;
}) {
  const hours = [...new Set([...HOURS, initial.clarify_hours])].sort((a, b) => a - b);
  return (
    <>
      <SelectField
        label={w.language}
        name="language"
        defaultValue={initial.language}
        hint={w.language_hint}
        error={fault('language')}
      >
        {LANGUAGES.map((language) => (
          <option key={language} value={language}>
            {w.languages[language]}
          </option>
        ))}
      </SelectField>
      {LANGUAGES.map((language) => (
        <OwnWords
          key={language}
          language={language}
          answers={initial.answers.filter((answer) => answer.language === language)}
          fault={fault}
        />
      ))}
      <SelectField
        label={w.clarify}
        name="clarify_hours"
        defaultValue={String(initial.clarify_hours)}
        hint={w.clarify_hint}
        error={fault('clarify_hours')}
      >
        {hours.map((count) => (
          <option key={count} value={count}>
            {count === 0 ? w.clarify_off : w.clarify_for(count)}
          </option>
        ))}
      </SelectField>
    </>
  );
}

function OwnWords({
  language,
  answers,
  fault,
}: {
  language: Schemas['Language'];
  answers: Answer[];
  fault: (name: string) => string | undefined;
}) {
  const wrong = answers.some((answer) => fault(fieldOf(answer)));
  const own = answers.some((answer) => answer.own !== '');
  return (
    <Disclosure label={w.own(w.languages[language])} open={own || wrong}>
      <div className="mt-2 flex flex-col gap-3">
        {answers.map((answer) => (
          <TextAreaField
            key={answer.answer}
            label={w.in(w.answers[answer.answer], w.languages[language])}
            name={fieldOf(answer)}
            lang={language}
            rows={4}
            maxLength={320}
            defaultValue={answer.own}
            placeholder={answer.own === '' ? answer.words : undefined}
            hint={answer.parts > 1 ? w.long(answer.parts) : w.needs[answer.answer]}
            error={fault(fieldOf(answer))}
          />
        ))}
      </div>
    </Disclosure>
  );
}
