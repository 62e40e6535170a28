using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using FlowDispatch.Validation;

namespace FlowDispatch.Core.Tests.Executions;

public sealed class RepairTests : IAsyncLifetime
{
    private readonly RepairDesk _desk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task It_goes_to_those_whom_the_old_one_did_not_reach_and_leaves_its_history_alone()
    {
        var people = await _desk.PeopleAsync(5);
        await _desk.ChangeAsync(people[3], c => c with { OptedIn = false });
        var old = await _desk.StartAsync(await _desk.AutomationAsync("custom", Ids(people)));
        var rows = await _desk.PlanAsync(old);
        await _desk.MoveAsync(rows[0], _desk.Sent);
        await _desk.MoveAsync(rows[1], _desk.Failed);
        await _desk.MoveAsync(old, e => e with { Status = ExecutionStatus.Cancelled });
        await _desk.MoveAsync(rows[2], RecipientRules.Cancel);
        await _desk.MoveAsync(rows[4], _desk.InDoubt);
        await _desk.ChangeAsync(people[3], c => c with { OptedIn = true });
        var (before, rowsBefore) = (await _desk.ReadAsync(old), await _desk.RecipientsAsync(old));

        var repair = await _desk.RepairAsync(old);
        var planned = await _desk.PlanAsync(repair);

        Assert.Equal([people[1].Id, people[2].Id, people[3].Id], planned.Select(r => r.ContactId));
        Assert.All(planned, r => Assert.Equal((RecipientStatus.Pending, 0, null), (r.Status, r.Attempts, r.ErrorCode)));
        Assert.Equal((old.Id, old.AutomationId, ExecutionType.Manual), (repair.RepairOf, repair.AutomationId, repair.Type));
        Assert.Equal((ExecutionStatus.Running, 3), ((await _desk.ReadAsync(repair)).Status, (await _desk.ReadAsync(repair)).Counters.Total));
        Assert.Equal(before.Counters, (await _desk.ReadAsync(old)).Counters);
        Assert.Equal(before.Status, (await _desk.ReadAsync(old)).Status);
        Assert.Equal(Json(rowsBefore), Json(await _desk.RecipientsAsync(old)));
    }

    [Fact]
    public async Task Who_is_in_doubt_is_sent_to_again_only_where_that_is_named()
    {
        var people = await _desk.PeopleAsync(2);
        var rows = new Queue<Func<Recipient, RecipientChange>>([_desk.InDoubt, _desk.Failed]);
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(people)), row => rows.Dequeue()(row));

        var careful = await _desk.PlanAsync(await _desk.RepairAsync(old));
        var bold = await _desk.PlanAsync(await _desk.RepairAsync(old, new() { Statuses = [RecipientStatus.InDoubt] }));

        Assert.Equal([people[1].Id], careful.Select(r => r.ContactId));
        Assert.Equal([people[0].Id], bold.Select(r => r.ContactId));
        Assert.Equal(RecipientStatus.InDoubt, (await _desk.RecipientsAsync(old))[0].Status);
    }

    [Fact]
    public async Task Statuses_codes_and_text_hold_together()
    {
        var people = await _desk.PeopleAsync(12);
        var codes = new Queue<string>(Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? "131026" : i == 11 ? "131000" : "131049"));
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(people)), row => _desk.Failed(row, codes.Dequeue()));

        var repair = await _desk.RepairAsync(old, new() { ErrorCodes = ["131026", "131000"], Query = "PERSON 1" });

        Assert.Equal(["Person 10", "Person 11"], (await _desk.PlanAsync(repair)).Select(r => r.ContactName));
    }

    [Fact]
    public async Task What_was_mended_counts_flow_channel_settings_and_contacts()
    {
        var people = await _desk.PeopleAsync(1);
        var automation = await _desk.AutomationAsync("custom", Ids(people));
        var old = await _desk.EndedAsync(automation);
        await _desk.Service<FlowService>().UpdateAsync(RepairDesk.Organization, automation.Settings.FlowId, null, RepairDesk.Says("Mended {{ name }}"), Cancellation);
        await _desk.MendAsync(automation, s => s with { ChannelId = "channel-2", VariableMapping = RepairDesk.Mapping("""{"name":"{{ contact.name | upcase }}!"}""") });
        await _desk.ChangeAsync(people[0], c => c with { Name = "Zoë", WhatsAppId = "5511911112222" });

        var repair = await _desk.RepairAsync(old);
        var row = Assert.Single(await _desk.PlanAsync(repair));

        Assert.Equal((2, "channel-2"), (repair.Snapshot.FlowVersion, repair.Snapshot.Settings.ChannelId));
        Assert.Contains(repair.Snapshot.FlowNodes, n => n is FlowNode.Message { Text: "Mended {{ name }}" });
        Assert.Equal(("ZOË!", "Zoë", "5511911112222"), (row.Variables["name"], row.ContactName, row.PhoneNumber));
        Assert.Equal(1, (await _desk.ReadAsync(old)).Snapshot.FlowVersion);
    }

    [Fact]
    public async Task Who_may_not_be_written_to_any_more_is_skipped_with_the_reason()
    {
        var people = await _desk.PeopleAsync(4);
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("all", "{}"));
        await _desk.ChangeAsync(people[0], c => c with { OptedIn = false });
        await _desk.ChangeAsync(people[1], c => c with { Blocked = true });
        await _desk.ChangeAsync(people[2], c => c with { DeletedAt = _desk.Clock.GetUtcNow() });

        var planned = await _desk.PlanAsync(await _desk.RepairAsync(old));

        Assert.Equal([ReasonCodes.OptedOut, ReasonCodes.Blocked, ReasonCodes.Deleted, null], planned.OrderBy(r => r.PhoneNumber, StringComparer.Ordinal).Select(r => r.ErrorCode));
        Assert.Equal(3, planned.Count(r => r.Status == RecipientStatus.Skipped));
    }

    [Fact]
    public async Task The_values_of_uploaded_rows_come_along_also_to_people_who_were_skipped()
    {
        var upload = await _desk.UploadAsync("telefone,nome,cupom\n5511988880001,Ana,A1\n5511988880002,Bia,B2\n5511988880003,Cid,C3\n");
        var skipped = (await _desk.Store.Contacts.FindByNumberAsync(RepairDesk.Organization, ["5511988880002"], Cancellation))[0];
        await _desk.ChangeAsync(skipped, c => c with { OptedIn = false });
        var automation = await _desk.AutomationAsync("uploaded", $$"""{"upload_id":"{{upload.Id}}"}""", """{"name":"{{ row.nome }}"}""");
        var old = await _desk.EndedAsync(automation);
        await _desk.ChangeAsync(skipped, c => c with { OptedIn = true });
        await _desk.MendAsync(automation, s => s with { VariableMapping = RepairDesk.Mapping("""{"name":"{{ row.nome }}","code":"{{ row.cupom }}"}"""), AudienceType = "all", AudienceConfig = JsonElement.Parse("{}") });

        var planned = await _desk.PlanAsync(await _desk.RepairAsync(old));

        Assert.Equal(["Ana A1", "Bia B2", "Cid C3"], planned.Select(r => $"{r.Variables["name"]} {r.Variables["code"]}"));
        Assert.All(planned, r => Assert.Equal(RecipientStatus.Pending, r.Status));
    }

    [Fact]
    public async Task Where_the_upload_is_gone_variables_made_of_it_keep_their_text_unless_they_were_changed()
    {
        var upload = await _desk.UploadAsync("telefone,nome,cupom\n5511988880001,Ana,A1\n");
        var automation = await _desk.AutomationAsync(
            "uploaded", $$"""{"upload_id":"{{upload.Id}}"}""", """{"a":"{{ row.nome | default: 'friend' }}","b":"{{ row.cupom }}","c":"{{ contact.name }}","d":"{{ row.none }}"}""");
        var old = await _desk.EndedAsync(automation);
        await _desk.MendAsync(automation, s => s with
        {
            MissingVariablePolicy = MissingVariablePolicy.Fail,
            VariableMapping = RepairDesk.Mapping("""{"a":"{{ row.nome | default: 'friend' }}","b":"{{ row.cupom | default: 'mended' }}","c":"{{ contact.name }}","e":"new"}"""),
        });
        await _desk.ChangeAsync((await _desk.Store.Contacts.FindByNumberAsync(RepairDesk.Organization, ["5511988880001"], Cancellation))[0], c => c with { Name = "Ana Maria" });
        await _desk.Store.Uploads.DeleteAsync(RepairDesk.Organization, upload.Id, Cancellation);

        var row = Assert.Single(await _desk.PlanAsync(await _desk.RepairAsync(old)));

        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "Ana", ["b"] = "mended", ["c"] = "Ana Maria", ["e"] = "new" },
            row.Variables.ToDictionary(StringComparer.Ordinal));
        Assert.Equal(RecipientStatus.Pending, row.Status);
    }

    [Fact]
    public async Task A_row_that_is_nowhere_any_more_is_a_missing_value()
    {
        var upload = await _desk.UploadAsync("telefone,nome\n5511988880001,Ana\n");
        var contact = (await _desk.Store.Contacts.FindByNumberAsync(RepairDesk.Organization, ["5511988880001"], Cancellation))[0];
        await _desk.ChangeAsync(contact, c => c with { OptedIn = false });
        var automation = await _desk.AutomationAsync("uploaded", $$"""{"upload_id":"{{upload.Id}}"}""", """{"name":"{{ row.nome }}"}""");
        await _desk.MendAsync(automation, s => s with { MissingVariablePolicy = MissingVariablePolicy.Skip });
        var old = await _desk.EndedAsync((await _desk.Store.Automations.FindAsync(RepairDesk.Organization, automation.Id, Cancellation))!);
        await _desk.ChangeAsync(contact, c => c with { OptedIn = true });
        await _desk.Store.Uploads.DeleteAsync(RepairDesk.Organization, upload.Id, Cancellation);

        var row = Assert.Single(await _desk.PlanAsync(await _desk.RepairAsync(old)));

        Assert.Equal((RecipientStatus.Skipped, ReasonCodes.MissingVariable), (row.Status, row.ErrorCode));
    }

    [Fact]
    public async Task A_repair_of_a_repair_still_knows_the_rows_of_the_first()
    {
        var upload = await _desk.UploadAsync("telefone,nome\n5511988880001,Ana\n5511988880002,Bia\n");
        var automation = await _desk.AutomationAsync("uploaded", $$"""{"upload_id":"{{upload.Id}}"}""", """{"name":"{{ row.nome }}"}""");
        var first = await _desk.EndedAsync(automation);
        var empty = await _desk.UploadAsync("telefone,nome\n5511988880009,Other\n");
        await _desk.MendAsync(automation, s => s with { AudienceConfig = JsonElement.Parse($$"""{"upload_id":"{{empty.Id}}"}""") });

        var second = await _desk.EndAsync(await _desk.RepairAsync(first, new() { Query = "bia" }));
        var third = await _desk.RepairAsync(second);

        Assert.Equal(["Bia"], (await _desk.PlanAsync(third)).Select(r => r.Variables["name"]));
        Assert.Equal((second.Id, first.Id), (third.RepairOf, third.Snapshot.RowsOf));
    }

    [Fact]
    public async Task A_test_runs_repair_is_a_test_run_and_reaches_nobody_else()
    {
        var people = await _desk.PeopleAsync(3);
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("all", "{}"), null, people[1]);

        var repair = await _desk.RepairAsync(old);

        Assert.True(repair.Snapshot.TestMode);
        Assert.Equal([people[1].Id], (await _desk.PlanAsync(repair)).Select(r => r.ContactId));
        Assert.Equal(0, (await _desk.Store.Executions.SumAsync(RepairDesk.Organization, old.AutomationId, Cancellation)).Executions);
    }

    [Fact]
    public async Task Planning_that_broke_goes_on_behind_the_last_stored_and_repeats_nobody()
    {
        _desk.Members.Count = 3_500;
        var odd = 0;
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("club", "{}", """{"card":"{{ row.card }}"}"""), row => odd++ % 7 == 0 ? _desk.Sent(row) : _desk.Failed(row));
        var repair = await _desk.RepairAsync(old);
        _desk.Members.OnFind = call => call == 2 ? throw new IOException("The host's table is out of reach.") : Task.CompletedTask;

        await Assert.ThrowsAsync<AudienceFailedException>(_desk.PlanNextAsync);
        var half = (await _desk.RecipientsAsync(repair)).Count;
        var planned = await _desk.PlanAsync(repair);

        Assert.Equal(1_000, half);
        Assert.Equal([1_000, 1_000, 1_000, 1_000], _desk.Members.Asked);
        Assert.Equal((await _desk.RecipientsAsync(old)).Where(r => r.Status == RecipientStatus.Failed).Select(r => r.ContactId), planned.Select(r => r.ContactId));
        Assert.All(planned, r => Assert.Equal($"card {r.PhoneNumber[^4..]}", r.Variables["card"]));
        Assert.NotNull((await _desk.ReadAsync(repair)).PlannedAt);
    }

    [Fact]
    public async Task Whoever_a_late_receipt_settled_before_planning_is_left_out()
    {
        var people = await _desk.PeopleAsync(2);
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(people)), _desk.InDoubt);
        var repair = await _desk.RepairAsync(old, new() { Statuses = [RecipientStatus.InDoubt] });

        await _desk.MoveAsync((await _desk.RecipientsAsync(old))[0], r => TrackingRules.Resolve(new(r, false), true, _desk.Clock.GetUtcNow())!);

        Assert.Equal([people[1].Id], (await _desk.PlanAsync(repair)).Select(r => r.ContactId));
    }

    [Theory]
    [InlineData(ExecutionStatus.Queued)]
    [InlineData(ExecutionStatus.Running)]
    [InlineData(ExecutionStatus.Paused)]
    [InlineData(ExecutionStatus.Cancelled)]
    public async Task While_people_of_the_old_one_may_still_be_reached_it_can_not_be_repaired(ExecutionStatus status)
    {
        var people = await _desk.PeopleAsync(2);
        var old = await _desk.StartAsync(await _desk.AutomationAsync("custom", Ids(people)));
        await _desk.MoveAsync((await _desk.PlanAsync(old))[0], _desk.Failed);
        await _desk.MoveAsync(old, e => e with { Status = status });

        var refused = await Assert.ThrowsAsync<WrongStateException>(() => _desk.RepairAsync(old));

        Assert.Equal(JsonText.Word(status), refused.State);
    }

    [Fact]
    public async Task One_that_failed_as_a_whole_can_be_repaired_as_far_as_it_came()
    {
        var people = await _desk.PeopleAsync(3);
        var old = await _desk.StartAsync(await _desk.AutomationAsync("custom", Ids(people)));
        var rows = await _desk.PlanAsync(old);
        await _desk.MoveAsync(rows[0], _desk.Failed);
        await _desk.MoveAsync(rows[1], r => RecipientRules.Doubt(r, 1, "No answer", _desk.Clock.GetUtcNow(), _desk.Clock.GetUtcNow()));
        await _desk.MoveAsync(old, e => e with { Status = ExecutionStatus.Failed });

        var repair = await _desk.RepairAsync(old, new() { Statuses = RepairRequest.Repairable });

        Assert.Equal([people[0].Id], (await _desk.PlanAsync(repair)).Select(r => r.ContactId));
    }

    [Fact]
    public async Task An_archived_automation_is_not_repaired()
    {
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(await _desk.PeopleAsync(1))));
        await _desk.Service<AutomationService>().ArchiveAsync(RepairDesk.Organization, old.AutomationId, Cancellation);

        Assert.Equal("archived", (await Assert.ThrowsAsync<WrongStateException>(() => _desk.RepairAsync(old))).State);
    }

    [Fact]
    public async Task A_filter_that_finds_nobody_is_refused_and_nothing_is_started()
    {
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(await _desk.PeopleAsync(2))));

        var refused = await Assert.ThrowsAsync<InvalidFieldsException>(() => _desk.RepairAsync(old, new() { ErrorCodes = ["other"] }));

        Assert.Equal(["statuses"], refused.Errors.Keys);
        Assert.Equal(1, (await _desk.Store.Executions.ListAsync(RepairDesk.Organization, old.AutomationId, new PageRequest(), Cancellation)).Total);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_by_field()
    {
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(await _desk.PeopleAsync(1))));

        Assert.Contains("\"sent\" can't be repaired; name any of failed, skipped, cancelled, in_doubt.", await FaultsAsync(new() { Statuses = [RecipientStatus.Failed, RecipientStatus.Sent] }, "statuses"));
        await FaultsAsync(new() { Statuses = [] }, "statuses");
        await FaultsAsync(new() { ErrorCodes = [] }, "error_codes");
        await FaultsAsync(new() { ErrorCodes = [""] }, "error_codes");
        await FaultsAsync(new() { ErrorCodes = [.. Enumerable.Range(0, 101).Select(i => $"{i}")] }, "error_codes");
        await FaultsAsync(new() { Query = "" }, "query");
        await FaultsAsync(new() { Query = new('x', 1_001) }, "query");

        async Task<IReadOnlyList<string>> FaultsAsync(RepairRequest request, string field) =>
            Assert.Single((await Assert.ThrowsAsync<InvalidFieldsException>(() => _desk.RepairAsync(old, request))).Errors, e => e.Key == field).Value;
    }

    [Fact]
    public async Task Nobody_repairs_an_execution_of_another_organization()
    {
        var old = await _desk.EndedAsync(await _desk.AutomationAsync("custom", Ids(await _desk.PeopleAsync(1))));

        Assert.Null(await _desk.Service<ExecutionRepairer>().RepairAsync("org-2", old.Id, new(), cancellationToken: Cancellation));
        Assert.Null(await _desk.Service<ExecutionRepairer>().RepairAsync(RepairDesk.Organization, ExecutionId.New(_desk.Clock), new(), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Settings_that_can_not_run_any_more_are_refused()
    {
        var automation = await _desk.AutomationAsync("custom", Ids(await _desk.PeopleAsync(1)));
        var old = await _desk.EndedAsync(automation);
        await _desk.Store.Flows.UpdateAsync(RepairDesk.Organization, automation.Settings.FlowId, f => f with { DeletedAt = _desk.Clock.GetUtcNow() }, Cancellation);

        Assert.Equal(["flow_id"], (await Assert.ThrowsAsync<InvalidFieldsException>(() => _desk.RepairAsync(old))).Errors.Keys);
    }

    private static string Ids(IEnumerable<Contacts.Contact> people) => JsonSerializer.Serialize(new { contact_ids = people.Select(p => p.Id.Value) });

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonText.Options);
}
