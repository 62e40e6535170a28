namespace FlowDispatch.Sample.Simulator.Tests;

public sealed class JournalTests : SimulatorTest
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_was_accepted_and_is_owed_survives_a_restart()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        List<string> ids = [];
        await using (var before = await RunningSimulator.StartAsync(Journal))
        {
            ids.Add(await before.SendAsync("+15550100001", "a"));
            ids.Add(await before.SendAsync("+15550100002", "b"));
            ids.Add(await before.SendAsync("+15550100001", "c"));
        }

        await using var after = await RunningSimulator.StartAsync(Journal, receiver.Url);
        Assert.Equal(9, await after.StatAsync("receipts_owed"));
        after.Clock.Advance(Enough);

        var statuses = await receiver.StatusesAsync(9);
        Assert.All(ids, id => Assert.Equal(["sent", "delivered", "read"], statuses.Where(status => Id(status) == id).Select(Name)));
        Assert.Equal(ids, (await after.GetAsync("/_simulator/messages")).GetProperty("items").EnumerateArray().Select(Id));
        Assert.Equal(3, await after.StatAsync("accepted"));
        Assert.Equal(2, await after.StatAsync("unique_recipients"));
        Assert.Equal(1, await after.StatAsync("repeated_recipients"));
    }

    [Fact]
    public async Task What_the_receiver_has_is_not_sent_again_after_a_restart()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        string partly;
        await using (var before = await RunningSimulator.StartAsync(Journal, receiver.Url))
        {
            await before.SendAsync();
            before.Clock.Advance(Enough);
            await receiver.StatusesAsync(3);
            await before.ReachesAsync("receipts_delivered", 3);
            await before.BehaveAsync("""{"read":0,"delivered_after_ms":{"min":60000,"max":60000}}""");
            partly = await before.SendAsync();
            before.Clock.Advance(Enough);
            await receiver.StatusesAsync(1);
            await before.ReachesAsync("receipts_delivered", 4);
        }

        for (var restart = 0; restart < 2; restart++) // the second reads what the first compacted
        {
            await using var between = await RunningSimulator.StartAsync(Journal);
            Assert.Equal(1, await between.StatAsync("receipts_owed"));
            Assert.Equal(4, await between.StatAsync("receipts_delivered"));
        }

        await using var after = await RunningSimulator.StartAsync(Journal, receiver.Url);
        after.Clock.Advance(TimeSpan.FromMinutes(2));
        var status = Assert.Single(await receiver.StatusesAsync(1));
        Assert.Equal((partly, "delivered"), (Id(status), Name(status)));
    }

    [Fact]
    public async Task What_was_answered_is_in_the_file_before_the_simulator_stops()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var killed = await RunningSimulator.StartAsync(Journal);
        var id = await killed.SendAsync();

        // The copy is what a process would find that starts after this one was killed right now.
        var found = Journal + ".found";
        await using (var open = new FileStream(Journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        await using (var copy = File.Create(found))
        {
            await open.CopyToAsync(copy, Cancellation);
        }

        await using var after = await RunningSimulator.StartAsync(found, receiver.Url);
        after.Clock.Advance(Enough);
        Assert.All(await receiver.StatusesAsync(3), status => Assert.Equal(id, Id(status)));
    }

    [Fact]
    public async Task A_line_that_a_crash_tore_is_left_out()
    {
        string id;
        await using (var before = await RunningSimulator.StartAsync(Journal))
        {
            id = await before.SendAsync();
        }

        await File.AppendAllTextAsync(Journal, """{"number":2,"inbound":false,"id":"wam""", Cancellation);

        await using (var after = await RunningSimulator.StartAsync(Journal))
        {
            await after.SendAsync();
        }

        await using var last = await RunningSimulator.StartAsync(Journal);
        Assert.Equal(2, await last.StatAsync("accepted"));
        Assert.Equal(id, Id((await last.GetAsync("/_simulator/messages")).GetProperty("items")[0]));
    }

    [Fact]
    public async Task A_line_that_is_not_of_a_journal_stops_the_start_and_names_the_place()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Journal)!);
        await File.WriteAllTextAsync(Journal, "hello\n", Cancellation);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => RunningSimulator.StartAsync(Journal));

        Assert.Contains("byte 0", exception.Message, StringComparison.Ordinal);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Journal, Cancellation));
    }

    [Fact]
    public async Task A_second_simulator_on_the_same_journal_does_not_start()
    {
        await using var first = await RunningSimulator.StartAsync(Journal);

        await Assert.ThrowsAsync<IOException>(() => RunningSimulator.StartAsync(Journal));
    }

    [Fact]
    public async Task Told_to_take_the_next_free_journal_simulators_run_side_by_side_and_each_finds_its_own_again()
    {
        await using var first = await RunningSimulator.StartAsync(Journal, configure: o => o.NextFreeJournal = true);
        await first.SendAsync();
        for (var start = 1; start <= 2; start++)
        {
            await using var second = await RunningSimulator.StartAsync(Journal, configure: o => o.NextFreeJournal = true);
            await using var third = await RunningSimulator.StartAsync(Journal, configure: o => o.NextFreeJournal = true);
            await second.SendAsync();

            Assert.Equal((1, start, 0), (await first.StatAsync("accepted"), await second.StatAsync("accepted"), await third.StatAsync("accepted")));
        }

        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(Journal)!, "journal-2.jsonl")));
    }
}
