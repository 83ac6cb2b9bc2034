import { cpus, release, totalmem, type } from 'node:os'

/** Returns a list of the hardware, the software and the date of a run. */
export function machine(emulator: string): string {
  const { model = 'unknown' } = cpus()[0] ?? {}
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  return [
    `${cpus().length} × ${model.trim()}, ${memory} GiB of memory, ${type()} ${release()}`,
    `Node.js ${process.version}`,
    `DynamoDB: the emulator ${emulator}, in memory, on the same machine`,
    `${new Date().toISOString().slice(0, 10)}`,
  ]
    .map((line) => `- ${line}`)
    .join('\n')
}
