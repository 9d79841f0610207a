// Reads one partition in a group of its own: from an offset, or from the first record of a time.
const { script, until } = require('./script')

script(async (kafka, say, { topic, group, from, time, count, readUncommitted }) => {
  let offset = String(from)
  if (time !== undefined) {
    const admin = kafka.admin()
    await admin.connect()
    offset = (await admin.fetchTopicOffsetsByTimestamp(topic, time)).find(found => found.partition === 0).offset
    say('offset of time', offset)
    await admin.disconnect()
  }
  const consumer = kafka.consumer({ groupId: group, readUncommitted: readUncommitted === true, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  let seen = 0
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      if (seen++ < count) {
        say('record', {
          partition,
          offset: Number(message.offset),
          timestamp: Number(message.timestamp),
          key: message.key === null ? null : message.key.toString(),
          value: message.value === null ? null : message.value.toString(),
          headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString()])),
        })
      }
    },
  })
  consumer.seek({ topic, partition: 0, offset })
  await until(() => seen >= count)
  await consumer.disconnect()
})
