import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { Construct } from 'constructs'
import { EventSourcingStack } from '../../lib/infrastructure/stack.ts'
import { newFolder } from './run-folder.ts'

/** An app that bundles nothing and validates nothing by itself: for tests of templates. */
export function unbundledApp(context: Record<string, unknown> = {}): App {
  return new App({
    outdir: newFolder('cdk.out'),
    context: { 'aws:cdk:bundling-stacks': [], ...context },
  })
}

export function unbundledStack(context?: Record<string, unknown>): Stack {
  return new EventSourcingStack(unbundledApp(context), 'Test')
}

/** The template of a stack that holds what `build` puts into it. */
export function templateOf(build: (scope: Construct) => void): Template {
  const env = { account: '000000000000', region: 'eu-central-1' }
  const stack = new Stack(unbundledApp(), 'Test', { env })
  build(stack)
  return Template.fromStack(stack)
}
