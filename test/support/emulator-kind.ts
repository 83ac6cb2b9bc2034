import { findEmulator } from '../../lib/local/dynamodb/emulators.ts'
import { type EmulatorKind, emulatorKinds } from '../../lib/local/dynamodb/setting.ts'

/**
 * Returns the emulator for the tests of emulators. LOCAL_DYNAMODB selects it, as in `npm run
 * test:reference`. Default: the first that is installed, as in `npm start`.
 */
export function emulatorKind(): EmulatorKind {
  const wanted = process.env.LOCAL_DYNAMODB
  const kind = emulatorKinds.find((known) => (wanted ? known === wanted : findEmulator(known)))
  if (kind) return kind
  throw new Error('No DynamoDB emulator is installed: see docs/local.md')
}
