import { runProcess } from '../process/command.ts'
import { tokenCommand } from './command.ts'

await runProcess(tokenCommand)
