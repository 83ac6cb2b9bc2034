import { App } from 'aws-cdk-lib'
import { EventSourcingStack } from './stack.ts'
import { stageOf } from './stage.ts'

const app = new App()
new EventSourcingStack(app, `EventSourcing-${stageOf(app.node).name}`)
