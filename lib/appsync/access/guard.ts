import {
  Forbidden,
  findOwner,
  isEventSourcingError,
  Misuse,
  uuid,
} from '../../event-sourcing/index.ts'
import { errorDetails, log } from '../log.ts'
import type { ResourceClass } from '../resource-class.ts'
import type { Caller } from './caller.ts'
import { type AnyRule, partsOf, type Rules } from './rules.ts'

/** The environment variable of functions whose API's key may do everything. */
export const KEY_MAY_ALL = 'API_KEY_MAY_ALL'

/** The subject of a field: the resources that it concerns. Synth derives it from the schema. */
export type Subject = ResourceSubject | ViewSubject

export interface ResourceSubject {
  /** The resource's type: `Order`. */
  readonly resource: string
  /** One resource, by the id in the input; a page of them; or a feed of their events. */
  readonly kind: 'one' | 'page' | 'feed'
}

/** A view with the key argument `owner`, the id of a user. Default: the caller. */
export interface ViewSubject {
  readonly kind: 'view'
}

export interface GuardParts {
  readonly rules: Rules
  /** The subjects of fields, by name. Absent: the field concerns no resource of the domain. */
  readonly subjects: Readonly<Record<string, Subject>>
  readonly classes: ReadonlyMap<string, ResourceClass>
  /** Whether the holder of an API key may do everything, as in a development stage. */
  readonly keyMayAll: boolean
}

/** An allowed call. */
export interface Permission {
  /** The id of the user whose resources alone the caller may see. Undefined: all resources. */
  readonly owner: string | undefined
}

/** A call whose permission depends on the resource. */
interface Call {
  readonly field: string
  readonly caller: Caller
  readonly subject: Subject | undefined
  readonly id: string | undefined
  readonly args: unknown
}

type RuleFunction = Extract<AnyRule, (...args: never) => unknown>

/** The permission without a limit. */
export const EVERYTHING: Permission = { owner: undefined }

/** Decides about calls by the rules of a domain's access.ts. */
export class Guard {
  readonly #parts: GuardParts

  constructor(parts: GuardParts) {
    this.#parts = parts
  }

  /**
   * Returns the permission for a call. Reads a resource only if the caller's groups do not decide.
   * @throws Forbidden, with the same message for a resource of somebody else and for one that does
   * not exist; InvalidId
   */
  async permit(field: string, caller: Caller, args: unknown): Promise<Permission> {
    const { rules, subjects, keyMayAll } = this.#parts
    const rule = Object.hasOwn(rules, field) ? rules[field] : undefined
    if (!rule) throw forbidden(field)
    if (caller.kind === 'key' && keyMayAll) return EVERYTHING
    const parts = partsOf(rule)
    if (parts.some((part) => 'allows' in part && part.allows(caller))) return EVERYTHING
    const subject = Object.hasOwn(subjects, field) ? subjects[field] : undefined
    const id = idIn(args)
    if (subject?.kind === 'one' && id !== undefined) uuid(id)
    for (const part of parts) {
      const permission = await this.#byPart(part, { field, caller, subject, id, args })
      if (permission) return permission
    }
    throw forbidden(field)
  }

  /** Returns the permission by a part of a rule that may read the resource. */
  async #byPart(part: AnyRule, call: Call): Promise<Permission | undefined> {
    try {
      if ('isOwner' in part) return await this.#asOwner(call)
      if (typeof part !== 'function') return undefined
      return (await this.#passes(part, call)) ? EVERYTHING : undefined
    } catch (error) {
      throwUnlessTelling(call.field, error)
      return undefined
    }
  }

  async #asOwner({ caller, subject, id, args }: Call): Promise<Permission | undefined> {
    if (!subject || caller.kind !== 'user') return undefined
    if (subject.kind === 'view') {
      const owner: unknown = Reflect.get(Object(args), 'owner') ?? caller.id
      return owner === caller.id ? { owner: caller.id } : undefined
    }
    if (subject.kind !== 'one') return { owner: caller.id }
    // Without an id, the command creates a resource, which will be the caller's.
    if (id === undefined) return EVERYTHING
    const found = await findOwner(this.#classOf(subject), uuid(id), caller.id)
    return found === caller.id ? EVERYTHING : undefined
  }

  /** @throws ResourceNotFound */
  async #passes(check: RuleFunction, { caller, subject, id, args }: Call): Promise<boolean> {
    const resource =
      subject && subject.kind !== 'view' && id !== undefined
        ? await this.#classOf(subject).findOne(uuid(id))
        : undefined
    const passed: unknown = await Reflect.apply(check, undefined, [
      caller,
      resource,
      inputIn(args) ?? args,
    ])
    return passed === true
  }

  #classOf({ resource }: ResourceSubject): ResourceClass {
    const resourceClass = this.#parts.classes.get(resource)
    if (resourceClass) return resourceClass
    throw new Misuse(`The function has no class for ${resource}`)
  }
}

/**
 * Keeps an error that would tell whether the resource exists. A rule's own refusal only means no; a
 * history that cannot be read is logged.
 */
function throwUnlessTelling(field: string, error: unknown): void {
  const telling = ['CorruptHistory', 'UnknownEvent']
  if (!isEventSourcingError(error)) throw error
  if (!error.fault) return
  if (!telling.includes(error.code)) throw error
  log('error', field, { code: error.code, ...error.data, error: errorDetails(error) })
}

function forbidden(field: string): Forbidden {
  return new Forbidden(
    `You may not call ${field}, or not for this resource, or the resource does not exist`,
  )
}

/** Returns the id in a field's input or arguments. */
function idIn(args: unknown): string | undefined {
  const id = Reflect.get(Object(inputIn(args) ?? args), 'id')
  return typeof id === 'string' ? id : undefined
}

function inputIn(args: unknown): unknown {
  return typeof args === 'object' && args !== null && 'input' in args ? args.input : undefined
}
