// What a first visit loads before any page: the entry script with everything it imports statically, gzipped.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const limit = 200 * 1024

function read(address) {
  return readFileSync(new URL(address.replace(/^\/app\//, ''), dist), 'utf8')
}

const html = read('/app/index.html')
const queue = [...html.matchAll(/(?:src|href)="(\/app\/[^"]+\.js)"/g)].map((match) => match[1])
const seen = new Map()
while (queue.length > 0) {
  const address = queue.pop()
  if (seen.has(address)) continue
  const code = read(address)
  seen.set(address, gzipSync(code, { level: 9 }).length)
  for (const match of code.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}$,\s]+?\s*from\s*)?["'](\.\/[^"']+\.js)["']/g)) {
    queue.push(new URL(match[1], `http://console${address}`).pathname)
  }
}
const total = [...seen.values()].reduce((sum, size) => sum + size, 0)
for (const [address, size] of seen) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${address}`)
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  in all, limit ${limit / 1024} KB`)
if (total > limit) process.exit(1)
