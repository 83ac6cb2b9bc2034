// The warning is about this machine's Node.js, not about the views.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

// Loaded here, after the variable above has been set.
const { run } = await import('./run.ts')

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
})
