import { App } from 'aws-cdk-lib'
import { stageOf } from '../../lib/infrastructure/stage.ts'
import { TestStack } from './stack.ts'

const app = new App()
new TestStack(app, `EventSourcing-${stageOf(app.node).name}`)
