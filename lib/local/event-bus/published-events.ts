import { randomUUID } from 'node:crypto'
import { JsonLines } from '../json-lines.ts'
import type { Entry, Failure } from './entries.ts'

/** The answer about an entry that a bus has accepted. */
export interface Accepted {
  readonly EventId: string
}

/** An entry for the buses of a region and an account. */
export interface PlacedEntry extends Entry {
  readonly region: string
  readonly accountId: string
}

export interface PublishedEventsOptions {
  /** The file that gets each event, one in a line. */
  readonly file: string
  /** The address that gets each CloudEvent. Undefined: none. */
  readonly webhook?: string | undefined
}

/** The events that the buses of a run have accepted. They go to a file, and to a webhook. */
export class PublishedEvents {
  readonly #file: JsonLines
  readonly #webhook: string | undefined

  constructor({ file, webhook }: PublishedEventsOptions) {
    this.#file = new JsonLines(file)
    this.#webhook = webhook
  }

  /**
   * Accepts an entry once the webhook has taken it. It is stored when this returns.
   * @param signal aborted when the time of the webhook is over
   */
  async put(entry: PlacedEntry, signal: AbortSignal): Promise<Accepted | Failure> {
    const { source, detailType, detail, resources, time, region, accountId } = entry
    if (this.#webhook !== undefined && isCloudEvent(detail)) {
      const problem = await posted(this.#webhook, detail, signal)
      if (problem !== undefined) return { ErrorCode: 'WebhookFailed', ErrorMessage: problem }
    }
    const id = randomUUID()
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    this.#file.append({
      ...{ version: '0', id, 'detail-type': detailType, source, account: accountId },
      ...{ time, region, resources, detail },
    })
    this.#file.write()
    return { EventId: id }
  }

  close(): void {
    this.#file.close()
  }
}

function isCloudEvent(detail: object): boolean {
  return 'specversion' in detail
}

/**
 * Posts a CloudEvent in the structured mode. Returns the problem, if there is one.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
async function posted(
  webhook: string,
  event: object,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
      body: JSON.stringify(event),
      signal,
    })
    await response.arrayBuffer()
    return response.ok ? undefined : `The webhook answered with HTTP status ${response.status}`
  } catch (error) {
    return `The webhook did not answer: ${error instanceof Error ? error.message : error}`
  }
}
