import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { Construct } from 'constructs'
import { TestStack } from '../app/stack.ts'
import { newFolder } from './run-folder.ts'

const { context: settings }: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(join(__dirname, '../../cdk.json'), 'utf8'),
)

/** Returns an app with the settings of cdk.json that skips bundling: for tests of templates. */
export function unbundledApp(context: Record<string, unknown> = {}): App {
  return new App({
    outdir: newFolder('cdk.out'),
    autoSynth: false,
    context: {
      ...settings,
      // The rules take seconds. `npm run synth` checks them.
      '@aws-cdk/core:validateAgainstDefaultRules': false,
      'aws:cdk:bundling-stacks': [],
      ...context,
    },
  })
}

export function unbundledStack(context?: Record<string, unknown>): Stack {
  return new TestStack(unbundledApp(context), 'Test')
}

/** Returns the template of a stack that holds the constructs of `build`. */
export function templateOf(build: (scope: Construct) => void): Template {
  const env = { account: '000000000000', region: 'eu-central-1' }
  const stack = new Stack(unbundledApp(), 'Test', { env })
  build(stack)
  return Template.fromStack(stack)
}
