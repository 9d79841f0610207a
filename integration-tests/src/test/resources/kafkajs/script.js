// What every script has: its questions (JSON, the only argument), a client, and say(), which answers with a line of JSON.
// KAFKAJS is the folder of the library.
const { Kafka, logLevel } = require(process.env.KAFKAJS)

exports.client = settings => new Kafka({ clientId: 'kafkajs', logLevel: logLevel.NOTHING, ...settings })

exports.script = body => {
  const questions = JSON.parse(process.argv[2])
  const kafka = exports.client({ brokers: [questions.bootstrap], retry: { initialRetryTime: 50, retries: 8 } })
  const say = (what, answer) => console.log(JSON.stringify({ what, answer }))
  body(kafka, say, questions).catch(error => {
    console.error(error)
    process.exit(1)
  })
}

// What a promise was refused with.
exports.refusal = promise => promise.then(() => 'accepted', error => `${error.type ?? error.name}: ${error.message}`)

// Resolves when check() is true; the deadline of the test that runs the script is this one's, too.
exports.until = async check => {
  while (!check()) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
