using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>What receipts do to a row, taken one after the other. The row is copied once, and not at all where they tell nothing new.</summary>
internal struct ReceiptClimb
{
    private readonly Recipient _row;
    private readonly bool _executionOpen;
    private readonly bool _inFlight;

    private bool _changes;
    private bool _wakes;
    private RecipientStatus _status;
    private bool _open;
    private Milestone _reached;
    private int _attempts;
    private string? _messageId;
    private DateTimeOffset? _inDoubtSince;
    private string? _waitingReason;
    private bool _forgivesError;
    private DateTimeOffset? _sentAt;
    private DateTimeOffset? _deliveredAt;
    private DateTimeOffset? _readAt;

    public ReceiptClimb(RecipientSituation situation)
    {
        _row = situation.Recipient;
        _executionOpen = situation.ExecutionOpen;
        _inFlight = situation.InFlight;
        (_status, _open, _reached, _attempts) = (_row.Status, _row.Open, _row.Reached, _row.Attempts);
        (_messageId, _inDoubtSince, _waitingReason) = (_row.ProviderMessageId, _row.InDoubtSince, _row.WaitingReason);
        (_sentAt, _deliveredAt, _readAt) = (_row.SentAt, _row.DeliveredAt, _row.ReadAt);
    }

    /// <summary>The number of the last attempt that is known by now.</summary>
    public readonly int Attempts => _attempts;

    /// <summary>A report that the message of <paramref name="attempt"/> came this far; 0 where it names none and the last accepted one is meant.</summary>
    public void Take(InboundEvent.Receipt receipt, int attempt)
    {
        var settles = TrackingRules.Settles(_status, _open, _attempts, attempt);

        // What failed or is to be tried again reached the person after all, or is another message than the one reported as failed.
        var shown = receipt.Status >= ReceiptStatus.Delivered || (attempt == _attempts && receipt.ProviderMessageId != _messageId);
        var ofThisStep = Math.Max(attempt, 1) > _attempts - _row.StepAttempts;
        var recalled = shown && ofThisStep && _status is RecipientStatus.Pending or RecipientStatus.Sending or RecipientStatus.InDoubt; // whatever it waits for by now
        var proof = settles || recalled;

        // The provider took it. A run that is still open is taken on by whoever holds it or claims it next.
        var held = proof && _status == RecipientStatus.InDoubt && !_open && _row.FlowOutcome is null && _executionOpen;

        // Whoever waits in the queue, for a check or a retry, is taken on at once; a message in hand, also one in doubt that is
        // made again, has its answer coming, which must find the run where it left it.
        _wakes |= held || (_open && !_inFlight && proof && _status is RecipientStatus.InDoubt or RecipientStatus.Pending);
        _open |= held;

        // Several devices: one refused it, another showed it. Delivered wins.
        var stands = proof || (_status == RecipientStatus.Failed && shown && ofThisStep);
        var ranked = stands || _status is >= RecipientStatus.Sent and <= RecipientStatus.Replied;
        _changes |= stands;
        _forgivesError |= stands;
        Become(ref _reached, RecipientRules.Max(_reached, (Milestone)(int)receipt.Status));
        Become(ref _status, ranked ? RecipientRules.Rank(_status, _row.FlowCompleted, _reached) : _status);
        Become(ref _attempts, Math.Max(_attempts, attempt));
        Become(ref _messageId, proof ? receipt.ProviderMessageId : _messageId ?? receipt.ProviderMessageId);
        if (proof)
        {
            _inDoubtSince = null;
            _waitingReason = _open ? ReasonCodes.AwaitingReceipt : null;
        }

        switch (receipt.Status)
        {
            case ReceiptStatus.Sent:
                Become(ref _sentAt, _sentAt ?? receipt.At);
                break;
            case ReceiptStatus.Delivered:
                Become(ref _deliveredAt, _deliveredAt ?? receipt.At);
                break;
            case ReceiptStatus.Read:
                Become(ref _readAt, _readAt ?? receipt.At);
                break;
        }
    }

    /// <summary>What the row becomes; null for no change.</summary>
    public readonly RecipientChange? Change(DateTimeOffset now) => !_changes ? null : new()
    {
        After = _row with
        {
            Status = _status,
            Open = _open,
            Reached = _reached,
            Attempts = _attempts,
            ProviderMessageId = _messageId,
            NextAttemptAt = _wakes ? now : _row.NextAttemptAt,
            InDoubtSince = _inDoubtSince,
            WaitingReason = _waitingReason,
            ErrorCode = _forgivesError ? null : _row.ErrorCode,
            ErrorMessage = _forgivesError ? null : _row.ErrorMessage,
            SentAt = _sentAt,
            DeliveredAt = _deliveredAt,
            ReadAt = _readAt,
        },
        DueAt = _wakes ? now : null,
    };

    private void Become<T>(ref T field, T value)
    {
        if (!EqualityComparer<T>.Default.Equals(field, value))
        {
            field = value;
            _changes = true;
        }
    }
}
