import { createServer, type Server } from 'node:http'
import type { CloudEvent } from '../../../lib/appsync/publishing/cloud-event.ts'
import type { Entry } from '../../../lib/appsync/publishing/entries.ts'
import { bodyOf, listenOnLoopback } from '../../../lib/local/serving/loopback.ts'

/** An answer: the error codes of entries by their positions, or the failure of the whole request. */
export type Answer =
  | { readonly failed: Readonly<Record<number, string>> }
  | { readonly status: number; readonly type: string }
  /** The events are accepted, and the connection ends without an answer. */
  | 'lost'

/** EventBridge's API with scripted answers. */
export class FakeBus {
  /** The entries of each request. */
  readonly requests: Entry[][] = []
  /** Returns the answer to a request. Default: all entries are accepted. */
  answer: (entries: readonly Entry[], request: number) => Answer = () => ({ failed: {} })
  #server: Server | undefined
  #url = ''

  async start(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      const { Entries }: { Entries: Entry[] } = JSON.parse(await bodyOf(request))
      this.requests.push(Entries)
      const answer = this.answer(Entries, this.requests.length)
      if (answer === 'lost') {
        request.socket.destroy()
        return
      }
      response.statusCode = 'status' in answer ? answer.status : 200
      response.end(
        JSON.stringify(
          'status' in answer ? rejection(answer.type) : results(Entries, answer.failed),
        ),
      )
    })
    this.#url = await listenOnLoopback(this.#server)
  }

  stop(): void {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      AWS_ENDPOINT_URL_EVENTBRIDGE: this.#url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      BELLS_BUS: 'arn:aws:events:us-east-1:000000000000:event-bus/bells',
    }
  }

  /** The CloudEvents of all requests. */
  get events(): CloudEvent[] {
    return this.requests.flat().map(({ Detail }) => JSON.parse(Detail))
  }

  /** The numbers of the events in each request. */
  get numbers(): number[][] {
    return this.requests.map((entries) => entries.map(numberOf))
  }
}

export function numberOf({ Detail }: Entry): number {
  const { sequence }: CloudEvent = JSON.parse(Detail)
  return Number(sequence)
}

function rejection(type: string) {
  return { __type: `com.amazon.coral.service#${type}`, message: 'It is rejected' }
}

function results(entries: readonly Entry[], failed: Readonly<Record<number, string>>) {
  const all = entries.map((_, index) =>
    failed[index] === undefined
      ? { EventId: `${index}` }
      : { ErrorCode: failed[index], ErrorMessage: 'It failed' },
  )
  return { FailedEntryCount: Object.keys(failed).length, Entries: all }
}
