// Writes a record over TLS as a user with a password; what the wrong password is told.
const fs = require('fs')
const { script, client, refusal } = require('./script')

script(async (_, say, { bootstrap, topic, certificate, user, password }) => {
  const as = secret =>
    client({
      brokers: [bootstrap],
      retry: { retries: 0 },
      ssl: { ca: [fs.readFileSync(certificate, 'utf-8')] },
      sasl: { mechanism: 'scram-sha-256', username: user, password: secret },
    })
  const producer = as(password).producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ key: 'secure', value: 'by kafkajs' }] })
  await producer.disconnect()
  say('wrong password', await refusal(as('wrong').admin().connect()))
})
