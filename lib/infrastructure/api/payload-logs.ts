import { Aspects } from 'aws-cdk-lib'
import type { IConstruct, Node } from 'constructs'
import { EventFunction } from '../functions/event-function.ts'

/** The context that overrides the stack's setting: `-c logPayloads=on`. */
const CONTEXT = 'logPayloads'

/**
 * Returns whether logs and traces contain payloads.
 * @param standard the stack's setting
 * @throws Error for another value of the context
 */
export function logsPayloads(node: Node, standard = false): boolean {
  const value: unknown = node.tryGetContext(CONTEXT)
  if (value === undefined) return standard
  if (value === 'on' || value === true) return true
  if (value === 'off' || value === false) return false
  throw new Error(`${CONTEXT} must be on or off; got ${value}: use -c ${CONTEXT}=on`)
}

/** Makes all functions within a construct log payloads: lib/event-sourcing/runtime/loggable.ts. */
export function logPayloadsIn(scope: IConstruct): void {
  Aspects.of(scope).add({
    visit(node) {
      if (node instanceof EventFunction) node.addEnvironment('LOG_PAYLOADS', 'true')
    },
  })
}
