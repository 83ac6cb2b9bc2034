// The thread that runs scripts. script-thread.ts bundles this file and what it imports.
import { parentPort, workerData } from 'node:worker_threads'
import type { Sandbox } from './sandbox/index.ts'
import { loadSandboxed } from './sandboxed-script.ts'
import {
  CLOCK,
  clockTime,
  type ScriptAnswer,
  type ScriptOrder,
  type ScriptThreadData,
} from './script-thread-protocol.ts'

const { sandboxCode, clock }: ScriptThreadData = workerData
const sandboxes = new Map<number, Sandbox>()

parentPort?.on('message', (order: ScriptOrder) => {
  if (order.kind === 'run') {
    Atomics.store(clock, CLOCK.since, clockTime())
    Atomics.store(clock, CLOCK.run, order.run)
    const answer = answerTo(order)
    Atomics.store(clock, CLOCK.run, 0)
    send(answer)
  } else {
    const { script, source } = order
    const log = (level: 'INFO' | 'ERROR', json: string) =>
      send({ kind: 'log', script, level, json })
    sandboxes.set(script, loadSandboxed(source, sandboxCode, log))
  }
})

function answerTo({ run, script, handler, context }: ScriptOrder & { kind: 'run' }): ScriptAnswer {
  try {
    const json = sandboxes.get(script)?.run(handler, context)
    if (json === undefined) throw new Error(`The script ${script} is not loaded`)
    return { kind: 'outcome', run, json }
  } catch (error) {
    return { kind: 'failed', run, message: String(error) }
  }
}

function send(answer: ScriptAnswer): void {
  parentPort?.postMessage(answer)
}
