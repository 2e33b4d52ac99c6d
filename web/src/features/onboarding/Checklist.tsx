import { useQuery } from '@tanstack/react-query';
import { Check, Circle } from 'lucide-react';
import { errorCode, errorText } from '@/api/errors';
import { onboardingQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { Button } from '@/ui/Button';
import { Meter } from '@/ui/Meter';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Failure, SkeletonRows } from '@/ui/States';

/** The first steps; each ticks itself from the server's facts. */
export function Checklist({ onStep }: { onStep: (key: string) => void }) {
  const query = useQuery({ ...onboardingQuery, refetchInterval: 5000 });
  const steps = query.data?.steps ?? [];
  const done = steps.filter((step) => step.done).length;
  const next = steps.find((step) => !step.done)?.key;
  return (
    <Page title={t.welcome.title} intro={t.welcome.intro}>
      {query.isPending ? <SkeletonRows rows={4} /> : null}
      {query.isError ? (
        <Failure
          detail={errorText(query.error)}
          code={errorCode(query.error)}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.isSuccess ? (
        <>
          <div className="mb-4">
            <Meter
              label={t.welcome.progress(done, steps.length)}
              done={done}
              total={steps.length}
            />
          </div>
          <Section flush>
            <Rows>
              {steps.map((step) => (
                <Row key={step.key}>
                  <span
                    className={cn(
                      'inline-flex size-6 shrink-0 items-center justify-center rounded-full',
                      step.done ? 'bg-accent text-accent-ink' : 'text-line-strong',
                    )}
                  >
                    {step.done ? (
                      <Check aria-hidden className="size-4" />
                    ) : (
                      <Circle aria-hidden className="size-5" />
                    )}
                  </span>
                  <span className={cn('min-w-0 flex-1', step.done ? 'text-muted' : 'font-medium')}>
                    {step.title}
                    {step.done ? <span className="sr-only"> · {t.welcome.done}</span> : null}
                  </span>
                  {step.done ? null : (
                    <Button
                      tone={step.key === next ? 'primary' : 'plain'}
                      onClick={() => onStep(step.key)}
                    >
                      {t.welcome.do}
                    </Button>
                  )}
                </Row>
              ))}
            </Rows>
          </Section>
        </>
      ) : null}
    </Page>
  );
}
