export async function freezeAndRecover() { return "todo"; }
