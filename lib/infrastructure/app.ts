import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { generateIfStale } from '../schema/drift.ts'
import { EventSourcingStack } from './stack.ts'
import { stageOf } from './stage.ts'

// `npm start` watches the files and regenerates the schema. In all other cases, drift is an error.
if (process.env.LOCAL_RUN) generateIfStale(join(import.meta.dirname, '../..'))

const app = new App()
new EventSourcingStack(app, `EventSourcing-${stageOf(app.node).name}`)
