import type { Documents } from '../documents.ts'
import { isObject } from '../errors.ts'
import type { ApiResource } from '../event.ts'
import { InFlight } from './in-flight.ts'
import type { Questions } from './questions.ts'

/** Queries the state of resources. Callers that want the same state share one query. */
export class StateQueries {
  readonly #documents: Documents
  readonly #questions: Questions
  readonly #asked = new InFlight<unknown>()

  constructor(documents: Documents, questions: Questions) {
    this.#documents = documents
    this.#questions = questions
  }

  /** Returns the state of a resource; undefined if the resource does not exist. */
  async ask<S extends ApiResource>(
    id: string,
    fields: readonly string[],
    signal: AbortSignal,
  ): Promise<S | undefined> {
    const request = this.#documents.state(id, fields)
    const state = await this.#asked.join(`${id} ${request.query}`, signal, async (given) => {
      const data = await this.#questions.ask<Record<string, unknown>>(request, given)
      return data[this.#documents.resource]
    })
    return isState<S>(state) ? state : undefined
  }
}

function isState<S extends ApiResource>(value: unknown): value is S {
  return isObject(value) && Number.isSafeInteger(value.version)
}
