import type { Json } from './json.ts'
import type { Functions, LocalFunction } from './lambda/index.ts'
import type { Resource, Template } from './template/index.ts'

/** An EventBridge rule that runs on a schedule, with references resolved. */
export interface Schedule {
  readonly logicalId: string
  /** Minutes. */
  readonly period: number
  readonly targets: readonly ScheduleTarget[]
}

interface ScheduleTarget {
  readonly function: LocalFunction
  /** The payload of the invocation. Undefined: EventBridge's own event. */
  readonly input: Json | undefined
}

/** The longest time of a timer, in milliseconds: 24 days. A longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 }

/** Returns a function as a rule invokes it, by the rule's ARN. */
type InvokedBy = (ruleArn: string, target: LocalFunction) => LocalFunction

/**
 * Returns the enabled rules. Throws a `TemplateError` for a schedule that is not a rate.
 * @param invokedBy default: the functions themselves
 */
export function schedulesOf(
  template: Template,
  functions: Pick<Functions, 'find'>,
  invokedBy: InvokedBy = (_, target) => target,
): Schedule[] {
  return template
    .resources('AWS::Events::Rule')
    .filter((rule) => (rule.properties().optionalText('State') ?? 'ENABLED') === 'ENABLED')
    .map((rule) => ({
      logicalId: rule.logicalId,
      period: periodOf(rule),
      targets: targetsOf(rule, functions, (target) => invokedBy(rule.attribute('Arn'), target)),
    }))
}

/**
 * Runs schedules, the first time after one period. Skips a target that is still running; on AWS a
 * second invocation would run at the same time.
 * @param minute the length of a minute, in milliseconds
 * @returns the function that ends the schedules
 */
export function runSchedules(schedules: readonly Schedule[], minute: number): () => void {
  const timers = schedules.flatMap(({ logicalId, period, targets }) =>
    targets.map((target) => {
      let isAtWork = false
      const timer = setInterval(
        async () => {
          if (isAtWork) return
          isAtWork = true
          await target.function.invoke(target.input ?? scheduledEvent(logicalId))
          isAtWork = false
        },
        Math.min(period * minute, LONGEST_TIMER),
      )
      return timer
    }),
  )
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

function periodOf({ properties }: Resource): number {
  const rule = properties()
  const expression = rule.text('ScheduleExpression')
  const [, value = '', unit = ''] =
    /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const minutes = MINUTES[unit]
  return minutes === undefined
    ? rule.fail('ScheduleExpression', `${expression} is not supported locally: use rate(…)`)
    : Number(value) * minutes
}

function targetsOf(
  { properties }: Resource,
  functions: Pick<Functions, 'find'>,
  invoked: (target: LocalFunction) => LocalFunction,
): ScheduleTarget[] {
  return properties()
    .objects('Targets')
    .map((target) => {
      const input = target.optionalText('Input')
      const arn = target.text('Arn')
      const found =
        functions.find(arn) ??
        target.fail('Arn', `${arn} is not supported locally: use a function of the template`)
      return {
        function: invoked(found),
        input: input === undefined ? undefined : JSON.parse(input),
      }
    })
}

/**
 * Returns EventBridge's event.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
function scheduledEvent(logicalId: string): object {
  return {
    version: '0',
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time: new Date().toISOString(),
    resources: [logicalId],
    detail: {},
  }
}
