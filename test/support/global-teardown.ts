import { rmSync } from 'node:fs'
import { assemblyFolder } from './assembly.ts'

export default function teardown(): void {
  rmSync(assemblyFolder(process.pid), { recursive: true, force: true })
}
