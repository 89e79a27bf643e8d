import { onThisMachine } from './on-this-machine.ts'

const name = 'goes-on-working'
export const meta = { name }

export default onThisMachine(name, provider => ({
  ...provider,
  submit: async (edit, context) => await provider.submit(edit, { ...context, signal: new AbortController().signal })
}))
