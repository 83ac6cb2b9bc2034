import { rmSync } from 'node:fs'
import { runFolder } from './run-folder.ts'

export default function teardown(): void {
  rmSync(runFolder(`${process.pid}`), { recursive: true, force: true })
}
