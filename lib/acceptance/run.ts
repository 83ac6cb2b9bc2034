import { ConcurrencyLimit } from '../client/waiting/concurrency-limit.ts'
import { callersOf } from './api/callers.ts'
import { readDeployment } from './api/deployment.ts'
import { outcomeOf } from './checking.ts'
import { HELP, type Options, parseCommand } from './options.ts'
import type { ProductPromise } from './promise.ts'
import { PROMISES } from './promises.ts'
import { count, heading, line } from './report.ts'

/** The output of the command: its table and its errors. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

/**
 * Runs a command line.
 * @returns the exit status: 0 if no promise is broken, 1 if one is, 2 if the checks could not begin
 */
export async function run(args: string[], output: Output): Promise<number> {
  const command = parseCommand(args, process.env)
  if (command.kind === 'help') {
    output.out(HELP)
    return 0
  }
  if (command.kind === 'wrong') {
    output.error(`${command.problem}\n\n${HELP}`)
    return 2
  }
  try {
    return await check(command.options, output)
  } catch (problem) {
    output.error(`${problem instanceof Error ? problem.message : problem}\n`)
    return 2
  }
}

/** The default seconds for each check. A deployed function may start cold. */
const WITHIN = 60
/** The seconds after which the last check is given up. */
const LONGEST = 170
/** The checks at once. More would only wait for each other on the processors of a local run. */
const AT_ONCE = 8

async function check(options: Options, { out }: Output): Promise<number> {
  const promises = chosen(options)
  const deployment = await readDeployment(options)
  const callers = await callersOf(deployment, options)
  const { within = WITHIN } = options
  const width = Math.max(...promises.map(({ name }) => name.length))
  out(`${deployment.graphqlUrl}\n\n${heading(width)}`)
  const slots = new ConcurrencyLimit(AT_ONCE)
  const timeOf = ({ patience = 1 }: ProductPromise) =>
    deployment.local ? within : within * patience
  const end = performance.now() + LONGEST * 1000
  // The longest check begins first.
  const order = [...promises].sort((one, other) => (other.patience ?? 1) - (one.patience ?? 1))
  const begun = new Map(
    order.map((promise) => [
      promise,
      slots.run(() => outcomeOf(promise, callers, { within: timeOf(promise), end })),
    ]),
  )
  const running = promises.flatMap((promise) => begun.get(promise) ?? [])
  // Prints in the order of the list, each line as soon as possible.
  for (const outcome of running) out(line(await outcome, width))
  const outcomes = await Promise.all(running)
  out(`\n${count(outcomes)}`)
  return outcomes.some(({ result }) => result === 'broken') ? 1 : 0
}

function chosen({ only }: Options): readonly ProductPromise[] {
  if (!only) return PROMISES
  const unknown = only.find((text) => !PROMISES.some(({ name }) => name.includes(text)))
  if (unknown !== undefined) {
    const names = PROMISES.map(({ name }) => `  ${name}`).join('\n')
    throw new Error(
      `--only must be a part of a promise's name; got ${unknown}. The names:\n${names}`,
    )
  }
  return PROMISES.filter(({ name }) => only.some((text) => name.includes(text)))
}
