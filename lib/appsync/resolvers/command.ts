import {
  type AggregateClass,
  type AnyAggregate,
  type CommitOptions,
  currentOrigin,
  during,
  ResourceNotFound,
  userOf,
} from '../../event-sourcing/index.ts'
import { type CommandInput, commitOptions, resourceId } from './arguments.ts'
import type { FieldFunction, FieldRequest } from './field.ts'
import { type Shown, show } from './presentation.ts'

/** The domain's own fields of a command's input. Null counts as absent. */
export type DomainInput<Input> = {
  readonly [K in Exclude<keyof Input, keyof CommandInput>]: WithoutNull<Input[K]>
}

type WithoutNull<T> = T extends null
  ? undefined
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]: WithoutNull<T[K]> }
      : T

/**
 * Returns the function of a mutation field whose input is marked `@command`. The function creates
 * or finds the resource, runs the command and returns the resource in its API form.
 *
 * - With `id` in the input, the resource must exist. Without `id`, the command creates a resource. Its
 *   id follows from the user and `commandId`, so a repeated command creates one resource.
 * - The command creates no other resource, unless it sets `creates`.
 * - `commandId` and `expectedVersion` reach the commit through `options`. The field and the input
 *   identify the command. A repeated command returns the committed result. Another command under
 *   the same `commandId` fails with `CommandIdReused`.
 *
 * The mutation ends when all commits that `run` began have ended, also those that it did not await.
 *
 * @param run calls a method of the resource and passes `options` to it. `request` has the caller
 */
export function command<A extends AnyAggregate, Args extends { readonly input: object }>(
  resourceClass: AggregateClass<A>,
  run: (
    resource: A,
    input: DomainInput<Args['input']>,
    options: CommitOptions,
    request: FieldRequest,
  ) => Promise<unknown>,
): FieldFunction<Shown<A>, unknown, unknown, Args> {
  return async ({ input }, request) => {
    const { id, commandId, expectedVersion, ...rest }: CommandInput = input
    const own = withoutNulls(rest)
    const { actor } = currentOrigin()
    const user = userOf(actor)
    const resource: A = new resourceClass(resourceId({ id, commandId }, user))
    const options = commitOptions({ id, commandId, expectedVersion })
    // A user who repeats the commandId of another user has not sent the same command.
    const command = [request.fieldName, own, ...(user === undefined ? [] : [user])]
    const named = { creates: [resource], ...options, command }
    const work = () => run(resource, uncheckedInput<Args['input']>(own), named, request)
    await during('command', work, { commandId: options.commandId, actor })
    // Nothing was committed, or to another instance of the resource.
    if (resource.version === 0) await resource.hydrate()
    if (resource.version > 0) return show(resource)
    throw new ResourceNotFound(`There is no resource with the id ${resource.id}`, {
      id: resource.id,
    })
  }
}

/**
 * Sets the type of an input. AppSync has checked the input against the schema that defines the
 * type.
 */
function uncheckedInput<Input>(input: object): DomainInput<Input> {
  return input as DomainInput<Input>
}

function withoutNulls(value: object): object {
  const entries = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutNullsWithin(field)]))
}

function withoutNullsWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? withoutNulls(value) : value
}
