const name = 'registers-nothing'
export const meta = { name }

export default async () => {}
