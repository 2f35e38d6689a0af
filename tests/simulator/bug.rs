//! Bugs that one might put into the service, each a switch in the simulated replica. The simulator is worth its name only as long
//! as it finds every one of them.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// Positions are committed beside the transaction, not in it.
    PositionsOutsideTheTransaction,
    /// The position after a record is taken for the record's own.
    PositionOneShort,
    /// Positions go one record too far.
    PositionOneTooFar,
    /// A batch is published without a look at the claims.
    PublishedAfterTheClaimWasLost,
    /// Positions are sent without the member's generation, so that the group cannot refuse a zombie.
    GenerationNotSent,
    /// After an abort the next batch is published as if nothing had been lost.
    GoesOnAfterAnAbort,
    /// An unknown outcome is taken for a commit.
    UnknownTakenForCommitted,
    /// After an unknown outcome the old producer is not fenced: its transaction may still commit.
    UnknownNotFenced,
    /// The group's position is asked for without waiting for pending transactions.
    PositionReadTooEarly,
    /// Batches overtake one another between screening and publishing.
    BatchesOvertake,
    /// What cannot be read is passed over in silence.
    DeadLetterDropped,
    /// An amendment is answered by its own verdict, whatever hold is open.
    HoldReleasedByAmendment,
    /// A hold of an aborted transaction counts as told.
    HoldKeptAfterAbort,
    /// A hold of a committed transaction is not kept.
    HoldForgottenAfterCommit,
    /// Whoever takes a partition over does not ask what was told before.
    HoldsNotLearntOnTakeOver,
    /// After an unknown outcome the holds are not read again.
    HoldsNotLearntAfterUnknown,
    /// Holds are read while transactions that may hold some are open.
    HoldsReadTooEarly,
}

impl Bug {
    pub const ALL: [Bug; 17] = [
        Bug::PositionsOutsideTheTransaction,
        Bug::PositionOneShort,
        Bug::PositionOneTooFar,
        Bug::PublishedAfterTheClaimWasLost,
        Bug::GenerationNotSent,
        Bug::GoesOnAfterAnAbort,
        Bug::UnknownTakenForCommitted,
        Bug::UnknownNotFenced,
        Bug::PositionReadTooEarly,
        Bug::BatchesOvertake,
        Bug::DeadLetterDropped,
        Bug::HoldReleasedByAmendment,
        Bug::HoldKeptAfterAbort,
        Bug::HoldForgottenAfterCommit,
        Bug::HoldsNotLearntOnTakeOver,
        Bug::HoldsNotLearntAfterUnknown,
        Bug::HoldsReadTooEarly,
    ];
}
