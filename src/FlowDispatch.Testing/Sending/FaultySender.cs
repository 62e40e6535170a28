using System.Collections.Concurrent;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;

namespace FlowDispatch.Testing.Sending;

/// <summary>A sender in front of another, as a network and a provider on a bad day. Safe for many threads.</summary>
/// <remarks>What happens to a message hangs on the seed, its attempt and how often that came, not on the order in which threads bring messages.</remarks>
public sealed class FaultySender : IMessageSender
{
    /// <summary>The code of its throttles.</summary>
    public const string ThrottledCode = "throttled";

    /// <summary>The code of its failures for now.</summary>
    public const string FailedCode = "faulty";

    /// <summary>The code of its refusals for good.</summary>
    public const string RejectedCode = "refused";

    private readonly IMessageSender _inner;
    private readonly SendFaults _faults;
    private readonly int _seed;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<AttemptId, int> _times = new();

    /// <summary>Goes wrong as it is told.</summary>
    /// <param name="inner">Who gets what arrives.</param>
    /// <param name="faults">How often, and how.</param>
    /// <param name="seed">Decides which messages it hits.</param>
    /// <param name="time">For latency; the system's by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is not from 0 to 1, their sum is more than 1, or a time is negative.</exception>
    public FaultySender(IMessageSender inner, SendFaults faults, int seed, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(faults);
        double[] shares = [faults.LostRequests, faults.LostAnswers, faults.Throttled, faults.Failed, faults.Rejected];
        if (shares.Any(s => s is not (>= 0 and <= 1)) || shares.Sum() > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(faults), string.Join(", ", shares), "Every share is from 0 to 1, and they are at most 1 together.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(faults.Latency, TimeSpan.Zero, nameof(faults));
        ArgumentOutOfRangeException.ThrowIfLessThan(faults.ThrottledFor, TimeSpan.Zero, nameof(faults));
        (_inner, _faults, _seed, _time) = (inner, faults, seed, time ?? TimeProvider.System);
    }

    /// <inheritdoc />
    public SenderCapabilities Capabilities => _inner.Capabilities;

    /// <inheritdoc />
    /// <exception cref="HttpRequestException">The message or its answer was lost.</exception>
    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var chance = new Random(Mixed(message.AttemptId, _times.AddOrUpdate(message.AttemptId, 1, (_, times) => times + 1)));
        var latency = _faults.Latency * chance.NextDouble();
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, _time, cancellationToken).ConfigureAwait(false);
        }

        var drawn = chance.NextDouble();
        if (Hit(_faults.LostRequests))
        {
            throw new HttpRequestException("The connection broke before the message arrived.");
        }

        if (Hit(_faults.LostAnswers))
        {
            await _inner.SendAsync(message, cancellationToken).ConfigureAwait(false);
            throw new HttpRequestException("The connection broke before the answer arrived.");
        }

        return Hit(_faults.Throttled) ? new SendResult.Throttled(ThrottledCode, _faults.ThrottledFor)
            : Hit(_faults.Failed) ? new SendResult.Failed(FailedCode, "It does not work at the moment.")
            : Hit(_faults.Rejected) ? new SendResult.Rejected(RejectedCode, "It will never work.")
            : await _inner.SendAsync(message, cancellationToken).ConfigureAwait(false);

        bool Hit(double share) => (drawn -= share) < 0;
    }

    // The same in every process, as HashCode is not.
    private int Mixed(AttemptId attempt, int time)
    {
        var mixed = 2_166_136_261u ^ (uint)_seed;
        foreach (var letter in $"{attempt}/{time}")
        {
            mixed = (mixed ^ letter) * 16_777_619;
        }

        return (int)mixed;
    }
}
