//! placeholder
mod world;
fn main() {
    let w = world::World::new(world::plan::Plan::calm(3600), world::watcher::Watcher::asm()).live();
    println!("{:?}", w.looks);
}
