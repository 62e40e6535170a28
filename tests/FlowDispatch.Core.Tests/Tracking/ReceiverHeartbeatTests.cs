using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Testing.Time;
using FlowDispatch.Tracking;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlowDispatch.Tests.Tracking;

/// <summary>Everything runs on the thread that moves the clock.</summary>
public sealed class ReceiverHeartbeatTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualClock _clock = new(Start);
    private readonly OneThread _work = new();
    private readonly InMemoryStore _store;
    private readonly ReceiptReceiver _receiver;
    private readonly ReceiverHeartbeat _heartbeat;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _run;

    public ReceiverHeartbeatTests()
    {
        _store = new(_clock);
        _receiver = new(_work);
        _heartbeat = new(_store, _receiver, new NodeName(_clock), _clock, NullLogger<ReceiverHeartbeat>.Instance);
        _run = _heartbeat.RunAsync(_stopping.Token);
    }

    [Fact]
    public async Task A_process_that_nobody_announced_is_no_receiver()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        await StopAsync();

        Assert.Empty(await StretchesAsync());
    }

    [Fact]
    public async Task From_its_announcement_on_it_beats_every_five_seconds()
    {
        _clock.Advance(TimeSpan.FromSeconds(7));
        _receiver.Announce();
        _clock.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal([new(Start.AddSeconds(7), Start.AddSeconds(32), Ended: false)], await StretchesAsync());
    }

    [Fact]
    public async Task Asked_to_stop_it_beats_once_more_and_ends_in_order()
    {
        _receiver.Announce();
        _clock.Advance(TimeSpan.FromSeconds(8));
        await StopAsync();

        Assert.Equal([new(Start, Start.AddSeconds(8), Ended: true)], await StretchesAsync());
    }

    [Fact]
    public async Task The_time_that_the_server_takes_to_stop_is_not_part_of_the_stretch()
    {
        _receiver.Announce();
        _clock.Advance(TimeSpan.FromSeconds(8));
        await _stopping.CancelAsync();
        await _run;
        _clock.Advance(TimeSpan.FromSeconds(40));
        Assert.False(Assert.Single(await StretchesAsync()).Ended);

        await _heartbeat.EndAsync(CancellationToken.None);

        Assert.Equal([new(Start, Start.AddSeconds(8), Ended: true)], await StretchesAsync());
    }

    [Fact]
    public async Task What_is_missed_ends_the_stretch_without_an_end_and_begins_another()
    {
        _receiver.Announce();
        _clock.Advance(TimeSpan.FromSeconds(12));
        _receiver.ReportMissed();
        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([new(Start, Start.AddSeconds(10), Ended: false), new(Start.AddSeconds(12), Start.AddSeconds(12), Ended: false)], await StretchesAsync());
    }

    [Fact]
    public async Task What_is_missed_while_the_server_stops_leaves_no_orderly_end()
    {
        _receiver.Announce();
        _clock.Advance(TimeSpan.FromSeconds(12));
        await _stopping.CancelAsync();
        await _run;

        _receiver.ReportMissed();
        await _heartbeat.EndAsync(CancellationToken.None);

        Assert.Equal([new(Start, Start.AddSeconds(12), Ended: false)], await StretchesAsync());
    }

    [Fact]
    public async Task A_process_that_stood_still_for_more_than_fifteen_seconds_goes_on_in_another_stretch()
    {
        _receiver.Announce();
        _clock.Advance(TimeSpan.FromSeconds(6));
        _work.Freeze();
        _clock.Advance(TimeSpan.FromSeconds(13));
        _work.Thaw();
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([new(Start, Start.AddSeconds(19), Ended: false)], await StretchesAsync());

        _work.Freeze();
        _clock.Advance(TimeSpan.FromSeconds(13));
        _work.Thaw();

        Assert.Equal([new(Start, Start.AddSeconds(19), Ended: false), new(Start.AddSeconds(35), Start.AddSeconds(35), Ended: false)], await StretchesAsync());
    }

    public void Dispose()
    {
        _heartbeat.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _run;
        await _heartbeat.EndAsync(CancellationToken.None);
    }

    private async Task<IReadOnlyList<ReceiverStretch>> StretchesAsync()
    {
        var record = await _store.Receivers.ReadAsync("any", default, Start, _clock.GetUtcNow(), CancellationToken.None);
        return [.. record.Stretches.OrderBy(s => s.Since)];
    }

    private sealed class OneThread : WorkQueue
    {
        private List<Action>? _frozen;

        public void Freeze() => _frozen = [];

        public void Thaw()
        {
            var work = _frozen!;
            _frozen = null;
            work.ForEach(w => w());
        }

        public override void Post(Action work)
        {
            if (_frozen is null)
            {
                work();
            }
            else
            {
                _frozen.Add(work);
            }
        }
    }
}
