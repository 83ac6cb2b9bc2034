import { v4 as uuidv4 } from 'uuid'
import { InvalidArgument } from '../errors.ts'
import { inOneTime } from '../runtime/time-left.ts'
import { currentTraceId, traced } from '../runtime/tracing.ts'
import { Turns } from '../runtime/turns.ts'
import { commitPlan } from './commit.ts'
import { type Member, Participant } from './participant.ts'
import type { Committed, Rules } from './plan.ts'
import { checkCommandId, checkWhole } from './validation.ts'

/** Queues commits per instance and per resource, so that instances of one resource take turns. */
export const turns = new Turns()

export interface CommandPlan {
  readonly commandId?: string | undefined
  readonly command?: unknown
  readonly expectedVersion?: number | undefined
  readonly existing?: boolean | undefined
  readonly isDecision: boolean
}

/**
 * Commits the events that the rules return for the current states. Afterwards updates the
 * instances, whether the commit succeeded or failed.
 * @param members called again when the commit's turn comes
 */
export async function commitTo(
  members: readonly (() => Member)[],
  rules: Rules,
  plan: CommandPlan,
): Promise<Committed> {
  const { commandId = uuidv4(), command, expectedVersion, existing = false, isDecision } = plan
  checkCommandId(commandId)
  if (expectedVersion !== undefined) checkWhole('expectedVersion', expectedVersion, 0)
  const now = members.map((member) => member())
  const resources = now.map(({ id, binding }) => binding.keyOf(id))
  if (new Set(resources).size < resources.length) {
    throw new InvalidArgument('A commit takes each resource once', { argument: 'resources' })
  }
  const keys = [...now.map(({ instance }) => instance), ...resources]
  const work = () =>
    traced('commit', async (annotate) => {
      const participants = members.map((member) => new Participant(member()))
      annotate({ resource: participants[0]?.id ?? '' })
      const traceId = currentTraceId()
      const identity = { commandId, command, isDecision, expectedVersion, existing, traceId }
      try {
        return await commitPlan({ ...identity, participants, rules }, annotate)
      } finally {
        for (const participant of participants) participant.show()
      }
    })
  return inOneTime(() => turns.run(keys, work))
}
