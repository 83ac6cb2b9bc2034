import { faultOfAnswer } from './judge.ts'
import type { Scene } from './scene.ts'
import { type HttpAnswer, type HttpRequest, send, sendRaw } from './wire.ts'

/** One attack. */
export interface Case {
  readonly kind: string
  /** The attack for the report of a fault. */
  readonly sent: unknown
  /** Attacks. Returns the fault of the API; undefined if it defended itself well. */
  attack(): Promise<Fault | undefined>
}

export interface Fault {
  readonly fault: string
  readonly got: unknown
}

export interface HttpCase {
  readonly kind: string
  readonly request: HttpRequest
  /** Takes the place of the request in the report. */
  readonly about?: unknown
  /** Sends the request byte by byte as it is. */
  readonly isRaw?: boolean
  /** Returns the fault of an answer that is good apart from that. */
  expect?(answer: HttpAnswer): string | undefined
}

/** Returns the attack of one HTTP request. */
export function httpCase(scene: Scene, { kind, request, about, isRaw, expect }: HttpCase): Case {
  const body = typeof request.body === 'string' ? request.body : request.body.toString('latin1')
  const sent = { ...request, body }
  return {
    kind,
    sent: about ?? sent,
    async attack() {
      const port = Number(new URL(scene.run.outputs.graphqlUrl).port)
      const got = await (isRaw ? sendRaw(port, request) : send(scene.agent, port, request))
      const whole = `${JSON.stringify(sent)}${body}`
      const isBare = got.text === '' && ['HEAD', 'OPTIONS'].includes(request.method)
      const fault = isBare ? undefined : (faultOfAnswer(scene, whole, got) ?? expect?.(got))
      return fault === undefined ? undefined : { fault, got }
    },
  }
}

/** Returns the headers of a JSON body as they go over the wire. */
export function wired(
  { run }: Scene,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  const { host } = new URL(run.outputs.graphqlUrl)
  return Object.entries({ host, 'content-type': 'application/json', ...headers }).flat()
}
