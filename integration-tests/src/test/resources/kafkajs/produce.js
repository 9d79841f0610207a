// Writes a topic once in each way that this client has.
const { script } = require('./script')
const { CompressionTypes } = require(process.env.KAFKAJS)

script(async (kafka, say, { topic, timestamp }) => {
  const send = async (name, settings, options, count) => {
    const producer = kafka.producer(settings)
    await producer.connect()
    const messages = Array.from({ length: count }, (_, i) => ({
      key: `${name}-${i}`,
      value: `value of ${name} `.repeat(20) + i,
      headers: { way: name, number: String(i) },
      partition: 0,
      timestamp: String(timestamp + i),
    }))
    messages.push({ key: `${name}-deleted`, value: null, partition: 0, timestamp: String(timestamp + count) })
    say(name, await producer.send({ topic, messages, ...options }))
    await producer.disconnect()
  }
  await send('acks-all', {}, { acks: -1 }, 3)
  await send('acks-one', {}, { acks: 1 }, 3)
  await send('acks-none', {}, { acks: 0 }, 3)
  await send('gzip', {}, { compression: CompressionTypes.GZIP }, 50)
  await send('idempotent', { idempotent: true, maxInFlightRequests: 1 }, { compression: CompressionTypes.GZIP }, 3)
})
