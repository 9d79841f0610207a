// Two members share a topic, then one of them leaves: who had what, what was read, what was committed.
const { script, until } = require('./script')

script(async (kafka, say, { topic, group, count }) => {
  const read = []
  const member = async name => {
    const consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: 10000,
      heartbeatInterval: 100,
      rebalanceTimeout: 5000,
      maxWaitTimeInMs: 100,
    })
    const it = { consumer, partitions: [] }
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      it.partitions = [...(payload.memberAssignment[topic] ?? [])].sort()
      say('joined', { name, partitions: it.partitions, protocol: payload.groupProtocol })
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ partition, message }) => {
        read.push(`${partition}@${message.offset}`)
      },
    })
    return it
  }
  const first = await member('first')
  await until(() => read.length >= count)
  const second = await member('second')
  await until(() => first.partitions.length === 2 && second.partitions.length === 2)
  say('shared', [...first.partitions, ...second.partitions].sort())

  const admin = kafka.admin()
  await admin.connect()
  const described = (await admin.describeGroups([group])).groups[0]
  say('described', { state: described.state, protocol: described.protocol, members: described.members.length })
  say('listed', (await admin.listGroups()).groups.filter(each => each.groupId === group))

  await second.consumer.disconnect()
  await until(() => first.partitions.length === 4)
  await first.consumer.disconnect()
  say('read', [...new Set(read)].sort())
  say('committed', (await admin.fetchOffsets({ groupId: group, topics: [topic] }))[0].partitions.map(p => p.offset))
  await admin.disconnect()
})
