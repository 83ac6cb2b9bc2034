import { Dice } from '../../../local/appsync/support/dice.ts'
import type { Case } from '../case.ts'
import type { Making, Scene } from '../scene.ts'
import { accessCase } from './access.ts'
import { frameCase } from './frames.ts'
import { handshakeCase } from './handshakes.ts'
import { headerCase } from './headers.ts'
import { bodyCase, documentCase, variableCase } from './requests.ts'
import { tokenCase } from './tokens.ts'

type Maker = (making: Making) => Case | Promise<Case>

/** The kinds of attacks. Each is as frequent as it is listed. */
const MAKERS: readonly Maker[] = [
  ...Array<Maker>(3).fill(bodyCase),
  ...Array<Maker>(4).fill(documentCase),
  ...Array<Maker>(4).fill(variableCase),
  ...Array<Maker>(2).fill(headerCase),
  ...Array<Maker>(3).fill(tokenCase),
  ...Array<Maker>(2).fill(accessCase),
  frameCase,
  handshakeCase,
]

/** Returns an attack, the same for each seed and number apart from ids, keys and times. */
export async function caseOf(scene: Scene, seed: number, number: number): Promise<Case> {
  const dice = new Dice(Math.imul(seed, 0x9e3779b1) + number)
  return dice.one(MAKERS)({ ...scene, dice })
}
