import {
  type EmulatorKind,
  emulatorKinds,
  findEmulator,
} from '../../lib/local/dynamodb/emulators.ts'

/**
 * The emulator that the tests of emulators run on: what LOCAL_DYNAMODB says, as
 * `npm run test:reference` does; else the first that is installed, as `npm start` would take.
 */
export function emulatorKind(): EmulatorKind {
  const wanted = process.env.LOCAL_DYNAMODB
  const kind = emulatorKinds.find((known) => (wanted ? known === wanted : findEmulator(known)))
  if (kind) return kind
  throw new Error('No DynamoDB emulator is installed: see docs/local.md')
}
