//! A run: terminals, replicas and the broker take steps in the order that a seed draws, and things go wrong between any two.

use super::audit::audit;
use super::broker::Broker;
use super::bug::Bug;
use super::group::Life;
use super::replica::{Answer, Replica};
use super::screening::Screening;
use super::terminals;
use crate::support::seed::Seed;

const PARTITIONS: i32 = 3;
const REPLICAS_MAX: usize = 3;
/// Steps while things go wrong; about one in six sends a message.
const STEPS: usize = 600;
/// How many of its steps a stopped replica misses, at most.
const STOPPED_STEPS_MAX: usize = 40;
/// Rounds in which everything must be told once nothing goes wrong any more.
const ROUNDS_MAX: usize = 1_000;

struct World {
    seed: Seed,
    broker: Broker,
    replicas: Vec<Replica>,
    /// Lives so far.
    lives: u32,
    /// Dead, and not yet missed by the group.
    dead: Vec<Life>,
    bug: Option<Bug>,
    trace: bool,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Send,
    Listen,
    Ask,
    Read,
    Publish,
    /// The group gives partitions without an owner away, or asks for one back.
    Assign,
    Revoke,
    /// A replica dies. The group and the coordinator learn of it in their time.
    Crash,
    Start,
    /// The session of a dead replica times out.
    Bury,
    /// That of one which was only stopped.
    Expire,
    /// A pending transaction takes too long.
    Fence,
    Mark,
    /// Late requests arrive.
    Deliver,
}

/// How often each step is drawn.
const WEIGHTS: [(Step, usize); 14] = [
    (Step::Send, 36),
    (Step::Listen, 40),
    (Step::Ask, 40),
    (Step::Read, 30),
    (Step::Publish, 60),
    (Step::Assign, 14),
    (Step::Revoke, 3),
    (Step::Crash, 2),
    (Step::Start, 5),
    (Step::Bury, 4),
    (Step::Expire, 5),
    (Step::Fence, 2),
    (Step::Mark, 12),
    (Step::Deliver, 3),
];

/// Plays a seed to its end. An error is the first thing that was told wrongly, or not told at all.
pub fn play(seed: u64, bug: Option<Bug>, screening: &mut Screening, trace: bool) -> Result<(), String> {
    let (seed, broker) = (Seed::new(seed), Broker::new(PARTITIONS));
    let mut world = World { seed, broker, replicas: Vec::new(), lives: 0, dead: Vec::new(), bug, trace };
    for _ in 0..STEPS {
        let step = world.draw();
        world.take(step, screening);
    }
    world.calm_down(screening)?;
    audit(&world.broker, screening)
}

impl World {
    fn draw(&mut self) -> Step {
        let mut left = self.seed.below(WEIGHTS.iter().map(|(_, weight)| weight).sum());
        let drawn = WEIGHTS.iter().find(|(_, weight)| match left.checked_sub(*weight) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
        drawn.map_or(Step::Send, |(step, _)| *step)
    }

    fn take(&mut self, step: Step, screening: &mut Screening) {
        let count = self.replicas.len();
        let number = self.seed.below(count.max(1));
        if self.trace {
            println!("{step:?} {:?}", self.replicas.get(number).map(|replica| replica.life));
        }
        let Self { seed, broker, .. } = self;
        match (step, self.replicas.get_mut(number)) {
            (Step::Send, _) => self.send(),
            (Step::Listen | Step::Ask | Step::Read | Step::Publish, Some(replica)) if replica.stopped > 0 => replica.stopped -= 1,
            (Step::Listen, Some(replica)) => replica.listen(broker),
            (Step::Ask, Some(replica)) => replica.ask(broker, seed),
            (Step::Read, Some(replica)) => replica.read(broker, screening, seed),
            (Step::Publish, Some(replica)) => {
                let answer = match seed.below(8) {
                    0 => Answer::Lost,
                    1 => Answer::Late,
                    _ => Answer::Heard,
                };
                replica.publish(broker, screening, answer);
            }
            (Step::Assign, _) => broker.group.assign(seed),
            (Step::Revoke, _) => broker.group.revoke(seed.below(PARTITIONS as usize) as i32),
            (Step::Crash, Some(_)) => self.dead.push(self.replicas.swap_remove(number).life),
            (Step::Start, _) if count < REPLICAS_MAX => self.start(),
            (Step::Bury, _) => self.dead.pop().into_iter().for_each(|life| broker.group.expire(life)),
            (Step::Expire, Some(replica)) => {
                replica.stopped = seed.below(STOPPED_STEPS_MAX);
                broker.group.expire(replica.life);
            }
            (Step::Fence, _) => broker.pending_owners().into_iter().for_each(|owner| broker.fence(owner)),
            (Step::Mark, _) => broker.mark(),
            (Step::Deliver, _) => broker.deliver(),
            _ => {}
        }
    }

    /// Messages of a shipment have its number as their key, so they share a partition.
    fn send(&mut self) {
        let sent = terminals::message(&mut self.seed);
        let partition = sent.key.bytes().map(usize::from).sum::<usize>() % self.broker.input.len();
        self.broker.input[partition].push(sent);
    }

    fn start(&mut self) {
        self.lives += 1;
        self.replicas.push(Replica::new(Life(self.lives), self.bug));
    }

    /// Nothing goes wrong any more: timeouts run out, whoever lives goes on until everything is told.
    fn calm_down(&mut self, screening: &mut Screening) -> Result<(), String> {
        if self.replicas.is_empty() {
            self.start();
        }
        self.replicas.iter_mut().for_each(|replica| replica.stopped = 0);
        self.broker.deliver();
        for round in 0..ROUNDS_MAX {
            self.dead.drain(..).for_each(|life| self.broker.group.expire(life));
            if round == 0 {
                self.broker.pending_owners().into_iter().for_each(|owner| self.broker.fence(owner));
            }
            self.broker.group.assign(&mut self.seed);
            self.broker.mark();
            for replica in &mut self.replicas {
                replica.listen(&mut self.broker);
                replica.ask(&self.broker, &mut self.seed);
                replica.read(&self.broker, screening, &mut self.seed);
                replica.publish(&mut self.broker, screening, Answer::Heard);
            }
            let is_idle = self.replicas.iter().all(Replica::is_idle);
            let read = |(partition, records): (i32, &Vec<_>)| self.broker.position(partition) >= records.len() as i64;
            if is_idle && (0..).zip(&self.broker.input).all(read) {
                self.broker.mark();
                return Ok(());
            }
        }
        Err("something is never told".to_owned())
    }
}
