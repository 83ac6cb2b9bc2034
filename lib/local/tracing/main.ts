import { runProcess } from '../process/command.ts'
import { traceCommand } from './command.ts'

await runProcess(traceCommand)
