/** Whether the CDK's command line runs the app, and neither a test nor `npm start`. */
export function isCommandLine(): boolean {
  return process.env.CDK_OUTDIR !== undefined && process.env.LOCAL_RUN === undefined
}
